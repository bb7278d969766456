import { InvalidInputError } from '../../core/errors.ts'
import { PROXY_PATTERN, PROXY_RULE } from '../../core/proxy-text.ts'

export interface ProxySettings {
  host: string
  port: number
  /** TLS to the proxy itself */
  secure: boolean
  /** Value of Proxy-Authorization; never shown */
  authorization?: string
  /** For people: without credentials */
  address: string
}

/**
 * @param text - an address
 * @param field - where it stands, for the error
 * @param password - used when it has a user and no password
 * @throws {InvalidInputError} which never repeats the text: it may hold a password
 */
export function parseProxy (text: string, field: string, password?: string): ProxySettings {
  const url = urlOf(text)

  if (url == null) {
    throw new InvalidInputError(field, PROXY_RULE)
  }

  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? secure ? 443 : 80 : Number(url.port)

  return { host, port, secure, address: `${url.protocol}//${url.hostname}:${port}`, ...(url.username === '' ? {} : { authorization: basic(url, field, password) }) }
}

function urlOf (text: string): URL | undefined {
  const url = new RegExp(PROXY_PATTERN).test(text) ? URL.parse(text) : null

  return url == null || url.hostname === '' || url.port === '0' ? undefined : url
}

function basic (url: URL, field: string, password?: string): string {
  try {
    const user = decodeURIComponent(url.username)
    const secret = url.password === '' ? password ?? '' : decodeURIComponent(url.password)

    return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
  } catch (error) {
    throw new InvalidInputError(field, `has a "%" in its user or password that is no escape: write it as %25 (${(error as Error).name})`)
  }
}

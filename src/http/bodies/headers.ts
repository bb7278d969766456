import { quote } from '../../core/ids.ts'
import { HttpError } from '../errors.ts'
import type { IncomingHttpHeaders } from 'node:http'

/** Field values as RFC 9651 writes them: `?1` and `?0` */
export function booleanHeader (headers: IncomingHttpHeaders, name: string): boolean | undefined {
  const text = headerOf(headers, name)

  if (text != null && text !== '?0' && text !== '?1') {
    throw new HttpError(400, `${name} must be ?1 or ?0, not ${quote(text)}`)
  }

  return text == null ? undefined : text === '?1'
}

export function sizeHeader (headers: IncomingHttpHeaders, name: string): number | undefined {
  const text = headerOf(headers, name)

  if (text != null && !/^\d{1,15}$/.test(text)) {
    throw new HttpError(400, `${name} must be a whole number of bytes, not ${quote(text)}`)
  }

  return text == null ? undefined : Number(text)
}

/** SHA-256 of RFC 9530's dictionary; other algorithms beside it are nobody's business here */
export function digestHeader (headers: IncomingHttpHeaders, name: string): Uint8Array | undefined {
  const text = headerOf(headers, name)

  if (text == null) {
    return
  }

  const match = /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(text)

  if (match == null) {
    throw new HttpError(400, `${name} must hold sha-256=:<base64 of 32 bytes>:, not ${quote(text)}`)
  }

  return Buffer.from(match[1], 'base64')
}

export function digestText (sha256: Uint8Array): string {
  return `sha-256=:${Buffer.from(sha256).toString('base64')}:`
}

function headerOf (headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()]

  return Array.isArray(value) ? value.join(', ') : value?.trim()
}

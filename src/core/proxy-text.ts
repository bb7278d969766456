import { InvalidInputError } from './errors.ts'

export const PROXY_RULE = 'must be an address such as http://proxy.example:3128 or http://user:password@proxy.example:3128 (https:// for TLS to the proxy itself; write @ in a password as %40), or none'

/** `network.proxy` of who wants no proxy although HTTPS_PROXY is set */
export const NO_PROXY_AT_ALL = 'none'

export const PROXY_PATTERN = '^(none|https?://([^\\s/@]+@)?(\\[[0-9a-fA-F:.]+\\]|[^\\s/@:\\[\\]]+)(:[0-9]{1,5})?/?)$'

/** As curl and others read them, the small letters first */
const PROXY_NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
const EXCEPTION_NAMES = ['no_proxy', 'NO_PROXY']

/**
 * What the machine's environment says for every program.
 *
 * @throws {InvalidInputError} which never repeats the text: it may hold a password
 */
export function proxyOfEnvironment (env: NodeJS.ProcessEnv): string | undefined {
  const name = PROXY_NAMES.find(name => (env[name] ?? '') !== '')

  if (name == null) {
    return
  }

  const said = env[name] ?? ''
  const text = said.includes('://') ? said : `http://${said}`

  if (!new RegExp(PROXY_PATTERN).test(text)) {
    throw new InvalidInputError(name, `${PROXY_RULE} (environment; network.proxy in the configuration takes its place)`)
  }

  return text
}

export function exceptionsOfEnvironment (env: NodeJS.ProcessEnv): string[] | undefined {
  const name = EXCEPTION_NAMES.find(name => (env[name] ?? '') !== '')

  return name == null ? undefined : (env[name] ?? '').split(/[\s,]+/).filter(entry => entry !== '')
}

/** The text with its password hidden, for whatever is shown */
export function maskProxy (text: string): string {
  return text.replace(/\/\/([^/]*)@/, (_, credentials: string) => `//${credentials.split(':', 1)[0]}:***@`)
}

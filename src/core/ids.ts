import { InvalidInputError } from './errors.ts'

/**
 * Ids read from the inside out: `app.site.network`, `site.network`. A network name
 * may itself hold dots, so that Beam's broker host names fit.
 */

/** `site.network` */
export type SiteId = string

/** `app.site.network` */
export type AppId = string

/** Longest fragment in characters, as in DNS */
export const MAX_FRAGMENT = 63

/** Longest network name in bytes of UTF-8: the envelope's label has room for no more */
export const MAX_NETWORK = 253

const FRAGMENT = /^[\p{L}\p{N}-]+$/u

export interface ParsedId {
  kind: 'app' | 'site'
  /** The id as written */
  id: string
  /** First fragment of an app id */
  app?: string
  /** Site fragment without the network */
  site: string
  siteId: SiteId
}

export function isFragment (text: string): boolean {
  return text.length <= MAX_FRAGMENT && FRAGMENT.test(text)
}

/**
 * @throws {InvalidInputError} naming `field` and the rule
 */
export function checkFragment (text: string, field: string): string {
  if (!isFragment(text)) {
    throw new InvalidInputError(field, `must be 1 to ${MAX_FRAGMENT} letters, digits or "-", not ${quote(text)}`)
  }

  return text
}

/**
 * @throws {InvalidInputError} naming `field` and the rule
 */
export function checkNetworkName (text: string, field: string = 'network'): string {
  if (Buffer.byteLength(text) > MAX_NETWORK || !text.split('.').every(isFragment)) {
    throw new InvalidInputError(field, `must be fragments of letters, digits or "-" with "." between, at most ${MAX_NETWORK} bytes, not ${quote(text)}`)
  }

  return text
}

/**
 * Returns undefined for anything that is not an id of this network.
 */
export function parseId (text: string, network: string): ParsedId | undefined {
  const suffix = `.${network}`

  if (!text.endsWith(suffix)) {
    return
  }

  const fragments = text.slice(0, -suffix.length).split('.')

  if (fragments.length > 2 || !fragments.every(isFragment)) {
    return
  }

  if (fragments.length === 1) {
    return { kind: 'site', id: text, site: fragments[0], siteId: text }
  }

  return { kind: 'app', id: text, app: fragments[0], site: fragments[1], siteId: `${fragments[1]}${suffix}` }
}

/** The site part of an id already checked */
export function siteOf (id: AppId | SiteId, network: string): SiteId {
  const parsed = parseId(id, network)

  if (parsed == null) {
    throw new InvalidInputError('id', `${quote(id)} is no id of the network ${network}`)
  }

  return parsed.siteId
}

/** Text from outside in an error message: quoted, cut */
export function quote (text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

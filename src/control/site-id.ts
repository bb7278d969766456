import { InvalidInputError } from '../core/errors.ts'
import { parseId, quote } from '../core/ids.ts'
import type { SiteId } from '../core/ids.ts'

/**
 * A site by its id, or by its name without the network
 *
 * @throws {InvalidInputError}
 */
export function siteId (text: string, network: string): SiteId {
  const parsed = parseId(text, network) ?? parseId(`${text}.${network}`, network)

  if (parsed?.kind !== 'site') {
    throw new InvalidInputError('site', `must be a site id such as north.${network}, not ${quote(text)}`)
  }

  return parsed.siteId
}

import { createHash } from 'node:crypto'
import { InvalidInputError } from '../core/errors.ts'
import { parseId, quote } from '../core/ids.ts'
import type { Config } from '../config/index.ts'
import type { SiteId } from '../core/ids.ts'
import type { Membership } from '../membership/index.ts'

/**
 * Who keeps mail for a site, best first. Those that its own signed record names; when it
 * names none, every member that says of itself that it keeps mail (its record names
 * itself), in an order that sender and recipient find alike without asking anybody.
 */
export function keepersOf (site: SiteId, { roster, records, self }: Pick<Membership, 'roster' | 'records' | 'self'>): SiteId[] {
  const serves = (keeper: SiteId): boolean => keeper !== site && roster.standing(keeper) === 'member'
  const named = (records.get(site)?.mailboxes ?? []).filter(serves)

  if (named.length > 0) {
    return named.filter(keeper => keeper !== self)
  }

  return roster.members()
    .map(member => member.site)
    .filter(keeper => keeper !== self && serves(keeper) && announcesItself(keeper, records))
    .map(keeper => ({ keeper, rank: rankOf(site, keeper) }))
    .sort((a, b) => a.rank < b.rank ? -1 : 1)
    .map(({ keeper }) => keeper)
}

export function announcesItself (site: SiteId, records: Membership['records']): boolean {
  return records.get(site)?.mailboxes.includes(site) === true
}

/** Rendezvous hashing: each recipient has an order of its own, and one keeper more changes little */
function rankOf (site: SiteId, keeper: SiteId): string {
  return createHash('sha256').update(`${site} ${keeper}`).digest('hex')
}

/**
 * What the own record says: itself when it keeps mail for others, and the keepers that
 * its operator chose.
 *
 * @throws {InvalidInputError} for a keeper that is no site of this network
 */
export function ownMailboxes ({ enabled, keepers }: Pick<Config['mailbox'], 'enabled' | 'keepers'>, { self, roster: { network } }: { self: SiteId, roster: { network: string } }): SiteId[] {
  const chosen = keepers.map((text, index) => {
    const parsed = parseId(text, network) ?? parseId(`${text}.${network}`, network)

    if (parsed?.kind !== 'site' || parsed.siteId === self) {
      throw new InvalidInputError(`mailbox.keepers[${index}]`, `must be another site of this network such as north.${network}, not ${quote(text)}`)
    }

    return parsed.siteId
  })

  return [...enabled === 'yes' ? [self] : [], ...new Set(chosen)]
}

import { distance } from 'fastest-levenshtein'
import { InvalidInputError } from '../core/errors.ts'
import { parseId, quote } from '../core/ids.ts'
import { keepersOf } from '../mailbox/keepers.ts'
import { relayOf } from '../network/paths/path.ts'
import type { SiteId } from '../core/ids.ts'
import type { Membership, SiteView, Standing } from '../membership/index.ts'

/** Sites with names much like one that is not known */
const MAX_ALIKE = 3

/** Letters in which they differ at most */
const FAR = 2

/** What the roster and its own record say of one site */
export interface PeerView {
  site: SiteId
  /** Who asks */
  self: SiteId
  standing: Standing
  organization?: string
  /** Admission, Unix ms */
  from?: number
  until?: number
  /** Why revoked */
  reason?: string
  /** For one that is not on the roster: those with names like it */
  alike: SiteId[]
  /** Its own signed word; absent before any came */
  record?: Pick<SiteView, 'sequence' | 'at' | 'peers' | 'addresses' | 'mailboxes'>
  /** Relays through which it says it can be reached */
  relays: Array<{ peer: string, site?: SiteId, standing: Standing }>
  /** Who would keep mail for it, best first */
  keepers: SiteId[]
}

/**
 * One site by its id, by its name without the network, or by an app of it
 *
 * @throws {InvalidInputError}
 */
export function peerView ({ roster, records, self }: Pick<Membership, 'roster' | 'records' | 'self'>, text: string): PeerView {
  const site = (parseId(text, roster.network) ?? parseId(`${text}.${roster.network}`, roster.network))?.siteId

  if (site == null) {
    throw new InvalidInputError('site', `must be a site id such as north.${roster.network}, or an app of one, not ${quote(text)}`)
  }

  const member = roster.member(site)
  const record = records.get(site)
  const relays = [...new Set(record?.addresses.map(relayOf).filter(peer => peer != null))]

  return {
    site,
    self,
    standing: roster.standing(site),
    ...(member == null ? {} : { organization: member.organization, from: member.notBefore, until: member.notAfter }),
    ...(member?.revoked == null ? {} : { reason: member.revoked.reason }),
    alike: member == null ? alike(site, roster.members().map(({ site }) => site)) : [],
    ...(record == null ? {} : { record: { sequence: record.sequence, at: record.at, peers: record.peers, addresses: record.addresses, mailboxes: record.mailboxes } }),
    relays: relays.map(peer => {
      const relay = records.siteOfPeer(peer)

      return { peer, ...(relay == null ? {} : { site: relay }), standing: relay == null ? 'unknown' : roster.standing(relay) }
    }),
    keepers: keepersOf(site, { roster, records, self })
  }
}

function alike (site: SiteId, known: SiteId[]): SiteId[] {
  return known
    .map(other => ({ other, far: distance(site, other) }))
    .filter(({ far }) => far <= FAR)
    .sort((a, b) => a.far - b.far)
    .slice(0, MAX_ALIKE)
    .map(({ other }) => other)
}

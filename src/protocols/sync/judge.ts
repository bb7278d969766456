import { decodeRecord } from '../../membership/records/record.ts'
import { SYNC_CODES } from './codes.ts'
import type { SyncJudgement } from './codes.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Membership } from '../../membership/index.ts'

/**
 * What this daemon's roster says of a peer, in words for the person at the other end.
 * `record` is what the peer showed; it was offered to the site records before.
 */
export function judge ({ roster, records }: Pick<Membership, 'roster' | 'records'>, peer: string, record: Uint8Array): SyncJudgement {
  if (records.siteOfPeer(peer) != null) {
    return { code: SYNC_CODES.member, reason: '' }
  }

  const site = claimedSite(record)

  if (site == null) {
    return { code: SYNC_CODES.unknown, reason: 'no site record of yours is known here' }
  }

  const member = roster.member(site)

  switch (roster.standing(site)) {
    case 'revoked':
      return { code: SYNC_CODES.revoked, reason: `${site} was revoked${member?.revoked?.reason === '' ? '' : `: ${member?.revoked?.reason}`}` }
    case 'expired':
      return { code: SYNC_CODES.expired, reason: `the admission of ${site} expired ${new Date(member?.notAfter ?? 0).toISOString()}` }
    case 'not-yet':
      return { code: SYNC_CODES.clock, reason: `the admission of ${site} begins ${new Date(member?.notBefore ?? 0).toISOString()}: compare the clocks` }
    case 'member':
      return { code: SYNC_CODES.unknown, reason: `this peer id is none of ${site}'s` }
    default:
      return { code: SYNC_CODES.unknown, reason: `${site} is not on the roster` }
  }
}

function claimedSite (record: Uint8Array): SiteId | undefined {
  try {
    return decodeRecord(record).view.site
  } catch {
    // not a record: then the peer claims nothing
  }
}

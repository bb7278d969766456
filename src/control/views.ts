import { fingerprint } from '../membership/fingerprint.ts'
import type { IdView, MemberView, SignerView, TaskView } from './index.ts'
import type { Membership, Roster } from '../membership/index.ts'
import type { TaskSummary } from '../store/index.ts'

export const hex = (data: Uint8Array): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')

export function idView ({ self, roster, signer, authority }: Membership): IdView {
  return {
    id: self,
    network: roster.network,
    fingerprint: fingerprint(roster.genesis),
    signingKey: hex(signer.publicKey),
    authority: authority?.present === true
  }
}

export function memberViews ({ roster, records }: Membership): MemberView[] {
  return roster.members().map(member => ({
    site: member.site,
    organization: member.organization,
    standing: roster.standing(member.site),
    capabilities: member.capabilities,
    notAfter: member.notAfter,
    admittedAt: member.admittedAt,
    admittedBy: signerView(roster, member.admittedSeq),
    ...(member.revoked == null ? {} : { reason: member.revoked.reason, revokedAt: member.revoked.at, revokedBy: signerView(roster, member.revoked.seq) }),
    addresses: records.get(member.site)?.addresses ?? []
  }))
}

export function signerView (roster: Pick<Roster, 'authorityKey' | 'signerOf'>, entry: number): SignerView {
  const { key, site } = roster.signerOf?.(entry) ?? { key: roster.authorityKey }

  return { ...(site == null ? {} : { site }), key: hex(key), entry }
}

/** Field by field: bodies and metadata are for apps, not for operators */
export function taskView ({ id, creator, from, to, created, expires, size, deliveries, notes }: TaskSummary & { notes?: TaskView['notes'] }): TaskView {
  return { id, creator, from, to, created, expires, size, deliveries, ...(notes == null ? {} : { notes }) }
}

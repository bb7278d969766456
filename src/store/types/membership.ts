/** Roster, site records and invites. */
import type { SiteId } from '../../core/ids.ts'

export interface RosterRow { seq: number, hash: Uint8Array, entry: Uint8Array }
export interface AppendRoster {
  /** Head that the entries follow; absent for an empty log */
  after?: { seq: number, hash: Uint8Array }
  rows: RosterRow[]
  /**
   * A recovery: `after` names an ancestor of the head, and the rows after it are
   * replaced by `rows` in the same commit. `moved` when that ancestor is not here.
   */
  supersede?: boolean
}
export type AppendRosterOutcome = { kind: 'appended' } | { kind: 'moved' }

export interface RecordRow {
  site: SiteId
  sequence: number
  record: Uint8Array
  /** Takes the place of any stored record, whatever its sequence: the site was admitted anew with another key, and counts from 1 again */
  replace?: boolean
}

export interface Invite {
  /** 16 bytes */
  id: Uint8Array
  /** 32 bytes */
  secret: Uint8Array
  /** Site fragment */
  site: string
  organization: string
  capabilities: string[]
  created: number
  expires: number
  state: 'open' | 'used' | 'cancelled'
  /** Signing key that redeemed it */
  usedBy?: Uint8Array
  /** An operator must agree before it admits anyone; absent when nobody has to be asked */
  approval?: Approval
  /** Signing key of whoever presented it first, while approval is asked for */
  asked?: Uint8Array
}

export type Approval = 'needed' | 'waiting' | 'approved' | 'refused'

export interface SetApproval {
  id: Uint8Array
  /** The approval must be one of these now */
  from: Approval[]
  to: Exclude<Approval, 'needed'>
  asked?: Uint8Array
  now: number
}
export interface RedeemInvite {
  id: Uint8Array
  signingKey: Uint8Array
  now: number
  append: AppendRoster
  record: RecordRow
}
export type RedeemOutcome =
  | { kind: 'redeemed' }
  /** The roster's head moved: build the entry again */
  | { kind: 'moved' }
  | { kind: 'unknown' | 'used' | 'expired' | 'cancelled' }

/**
 * Who belongs: the roster (a signed, hash-chained log that every member keeps
 * whole), site records (a site's own signed word about its keys, peers and
 * addresses), tickets and enrolment. The roster is the only truth about membership.
 */
import type { Signal } from '../core/bus.ts'
import type { SiteSigner } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { KeyObject } from 'node:crypto'

export interface RosterHead {
  seq: number
  /** 32 bytes */
  hash: Uint8Array
}

export interface Member {
  site: SiteId
  /** Ed25519, 32 bytes */
  signingKey: Uint8Array
  organization: string
  /** Patterns of capabilities it may announce; `*` stands for any run of characters */
  capabilities: string[]
  /** Unix ms */
  notBefore: number
  notAfter: number
  /** Entry that admitted it, and the authority's word when, Unix ms */
  admittedSeq: number
  admittedAt: number
  /** `seq`: entry that revoked it */
  revoked?: { at: number, reason: string, seq: number }
}

/** Whose key signed an entry */
export interface RosterSigner {
  /** Ed25519, 32 bytes */
  key: Uint8Array
  /** Site that held it: where the network was founded, or where it was recovered since. Undefined when a recovery did not say */
  site?: SiteId
}

/** How the roster judges a site at this moment */
export type Standing = 'member' | 'unknown' | 'revoked' | 'expired' | 'not-yet'

export type AcceptOutcome =
  /** How many of the offered entries were new */
  | { kind: 'accepted', added: number }
  /** Offered entries do not follow ours: fetch from `from` */
  | { kind: 'gap', from: number }
  /** A different history, or an entry that does not verify: nothing was changed */
  | { kind: 'refused', reason: string }
  /** The authority signed two successors of one entry */
  | { kind: 'fork', proof: Uint8Array, /** It was proven before */ known: boolean }

export interface Roster {
  readonly network: string
  /** Hash of the genesis entry: the network's fingerprint */
  readonly genesis: Uint8Array
  /** Ed25519, of whoever signs the next entry */
  readonly authorityKey: Uint8Array
  head(): RosterHead
  member(site: SiteId): Member | undefined
  members(): Member[]
  /** Who was the authority for an entry */
  signerOf?(seq: number): RosterSigner
  standing(site: SiteId): Standing
  /** Raw SignedEntry bytes, in order, from `seq` on */
  entries(from: number, limit: number): Promise<Uint8Array[]>
  /** Verifies, stores, then applies; repeats of what we have are harmless */
  accept(entries: Uint8Array[]): Promise<AcceptOutcome>
  /** Set when a fork was proven: appends are frozen, members go on */
  readonly forked: boolean
  /** The two entries that prove it, SignedEntry each, for whoever has not seen both */
  readonly forkEntries?: Uint8Array[]
  /** Set while members sent an entry that this version must understand and does not: why nothing after it is accepted */
  readonly halted?: string
  /**
   * After each append, with the sites whose standing may have changed; also with each
   * of the two entries of a fork, once, so that every member hears of it
   */
  readonly changed: Signal<{ head: RosterHead, entries: Uint8Array[], sites: SiteId[] }>
}

export interface SiteView {
  site: SiteId
  sequence: number
  peers: string[]
  addresses: string[]
  keys: Array<{ id: Uint8Array, publicKey: Uint8Array, notBefore: number, notAfter: number }>
  mailboxes: string[]
  /** Unix ms, the site's word */
  at: number
}

export interface RecordVersion {
  site: SiteId
  sequence: number
}

export interface SiteRecords {
  get(site: SiteId): SiteView | undefined
  /** The site that certified this peer id, if it is a member now */
  siteOfPeer(peerId: string): SiteId | undefined
  /** Newest encryption key of a site that is valid now; undefined when the site is no member now */
  encryptionKey(site: SiteId): { keyId: Uint8Array, publicKey: Uint8Array } | undefined
  /** Verifies against the roster as it is now and stores if newer */
  accept(signed: Uint8Array): Promise<'new' | 'known' | 'refused'>
  /** Own record as it stands */
  own(): Uint8Array
  /** Signs a new own record if the facts differ from the present one */
  publish(facts: { peers: string[], addresses: string[], mailboxes: string[] }): Promise<void>
  /** Of members, sorted by site */
  versions(): readonly RecordVersion[]
  /** SHA-256 over the sorted versions */
  digest(): Uint8Array
  signed(site: SiteId): Uint8Array | undefined
  readonly changed: Signal<{ site: SiteId, signed: Uint8Array }>
}

export interface InviteFacts {
  /** Hex */
  id: string
  site: SiteId
  organization: string
  /** `waiting`: somebody presented it and an operator must agree; `approved`: an operator did, and it was not used yet */
  state: 'open' | 'waiting' | 'approved' | 'refused' | 'used' | 'cancelled' | 'expired'
  /** Whether an operator must agree to its use */
  approval: boolean
  /** Unix ms */
  created: number
  expires: number
  /** Fingerprint of the signing key that presented or used it */
  fingerprint?: string
}

/** Only the daemon that holds the authority key has one */
export interface Authority {
  /** Whether the roster still names its key: after a recovery or a rotation elsewhere it signs nothing */
  readonly present: boolean
  invite(input: { site: string, organization?: string, capabilities: string[], lifetime?: number, addresses: string[], peer: string, approve?: boolean }): Promise<{ ticket: string, expires: number, site: SiteId, cancelled: number }>
  /** Tickets made here, newest first; never their secrets */
  invites(): Promise<InviteFacts[]>
  /** By id in hex, or the site's name: the open ticket. @throws {NotFoundError | ConflictError} */
  decide(invite: string, decision: 'cancel' | 'approve' | 'refuse'): Promise<InviteFacts>
  revoke(site: SiteId, reason: string): Promise<RosterHead>
  /** A year from now. @throws {NotFoundError | RefusedError} for who is no member or was revoked */
  renew(site: SiteId): Promise<{ notAfter: number, head: RosterHead }>
  /**
   * The same for several, in one commit and with one look at the others' heads; whoever
   * is no member any more is left out. Resolves to who was renewed
   */
  renewAll(sites: SiteId[]): Promise<SiteId[]>
  /** A new authority key takes the place of this one, which signs it. Resolves to its public half */
  rotate(): Promise<{ authority: Uint8Array, head: RosterHead }>
  /** Redeems one ticket at a time, durably; the answer to a repeat by the same key is the same */
  redeem(request: Uint8Array, peers: { joiner: string, inviter: string }): Promise<Uint8Array[]>
  /**
   * Whoever knows the links sets this once: called before each append, it asks the
   * connected members for their heads, so that a restored copy of the authority finds
   * out that it is behind before it signs a second successor. Resolves to how many answered
   */
  compareHeadsBy?(compare: () => Promise<number>): void
  /** Whoever knows sets this once: why the clock of this machine is wrong. By such a clock nobody is invited, admitted or renewed; revoked he is */
  checkClockBy?(why: () => string | undefined): void
}

/** What has to be done now and then for a membership to go on */
export interface Upkeep {
  /**
   * A new encryption key when the newest is a week old, old private keys erased when
   * no mail for them can be alive. Files come before the record that names them
   */
  rotateKeys(): Promise<{ made?: Uint8Array, erased: Uint8Array[] }>
  /** Renews what runs out, when this daemon holds the authority key; returns whom */
  renewMembers(): Promise<SiteId[]>
}

export interface Membership {
  readonly roster: Roster
  readonly records: SiteRecords
  readonly signer: SiteSigner
  readonly self: SiteId
  /** HMAC key of DHT keys and of the proof that a peer may see the roster */
  readonly networkSecret: Uint8Array
  readonly authority?: Authority
  /** What an operator must know about the authority key that lies here and does not sign; undefined when all is as it was at the start */
  authorityNote?(): string | undefined
  /** Own X25519 private key by id; undefined when unknown or erased */
  privateKey(keyId: Uint8Array): Uint8Array | undefined
}

export interface RecoverInput {
  /** Ed25519, from the file that `init` wrote */
  recoveryKey: KeyObject
  /** Last entry that stays. @default the one before the fork; without a fork, the head */
  ancestor?: number
}

export interface Recovered {
  head: RosterHead
  /** Last entry that stayed, and how many after it were superseded */
  ancestor: number
  superseded: number
  /** Sites whose admission was among the superseded entries: they must join again */
  lost: SiteId[]
}

/** What `loadMembership` finds in a data directory: what the daemon needs beyond the rooms above */
export interface LoadedMembership extends Membership {
  /** Key of this daemon's libp2p peer id */
  readonly peerKey: Ed25519PrivateKey
  /** The network's genesis hash as people compare it */
  readonly fingerprint: string
  readonly upkeep: Upkeep
  /** With the recovery key: the log goes on from an ancestor, signed from there by a new key of this daemon, which serves as authority after a restart */
  recover(input: RecoverInput): Promise<Recovered>
}

/** Sealed mail kept for other sites, and where this site's own waits. */
import type { OutboxItem } from './facts.ts'
import type { SiteId } from '../../core/ids.ts'

/** What a keeper gives; bytes are those of heads and ciphertexts */
export interface MailQuota {
  maxBytes: number
  maxEnvelopes: number
  maxBytesPerSender: number
  maxEnvelopesPerSender: number
  maxBytesPerRecipient: number
  maxEnvelopesPerRecipient: number
}

export interface BeginMail {
  sender: SiteId
  recipient: SiteId
  envelopeId: Uint8Array
  /** Of the label */
  hash: Uint8Array
  head: Uint8Array
  /** Bytes of the ciphertext */
  size: number
  /** The whole ciphertext when it came with the head */
  data?: Uint8Array
  /** Kept until then, Unix ms */
  keepUntil: number
  now: number
  quota: MailQuota
}

export type MailFull = 'mailbox-full' | 'quota-sender' | 'quota-recipient'

export type BeginMailOutcome =
  /** Whole on disk, now or before */
  | { kind: 'stored', until: number }
  /** Chunks from `chunk` on are missing */
  | { kind: 'go', place: number, chunk: number }
  | { kind: 'full', reason: MailFull }

export interface AppendMail { place: number, chunk: number, data: Uint8Array, last: boolean, now: number }
/** `gone`: it is not there, or another channel brought this chunk */
export type AppendMailOutcome = { kind: 'more' } | { kind: 'stored', until: number } | { kind: 'gone' }

export interface NamedMail {
  sender: SiteId
  envelopeId: Uint8Array
  hash: Uint8Array
}

export interface MailItem {
  place: number
  head: Uint8Array
}

export interface ListMail { recipient: SiteId, after: number, limit: number, now: number }
export interface ReadMail { recipient: SiteId, place: number, offset: number, length: number }
export interface MailUse { envelopes: number, bytes: number }

/** `until`: as long as the keeper says that it keeps it, Unix ms */
export interface LeftMail { envelopeId: Uint8Array, keeper: SiteId, at: number, until: number }
export interface ListUnmailed {
  site: SiteId
  /** Only what is behind this place of the outbox */
  after: number
  limit: number
  now: number
  /** So many keepers are enough */
  copies: number
  /** What was left before does not count any more, Unix ms */
  since: number
  /** Whose word counts. @default anybody's */
  keepers?: SiteId[]
}
export interface UnmailedItem {
  item: OutboxItem
  /** Who keeps it already */
  keepers: SiteId[]
}

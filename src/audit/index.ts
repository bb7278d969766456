/**
 * The audit log of one site: who is a member with which keys, what was decided, and
 * which tasks and answers came and went, with the receipts that other sites signed.
 * Entries are written by the store in the commit of what they tell (store/journal.ts);
 * this room signs the chain, forgets what is too old, hands it out and verifies it.
 * The format is in docs/wire-audit.md. For the operator only: apps never see it.
 */
import type { SiteId } from '../core/ids.ts'

/** Most entries that no signature covers, while the daemon keeps up. @default 1_000 */
export const UNSIGNED = 1_000

/** Longest time that an entry is without a signature, ms. @default 1_000 */
export const SIGN_AFTER = 1_000

/** Pause between two looks for what is too old, ms. @default 60_000 */
export const PURGE_EVERY = 60_000

/** Events of an app are kept this long, ms. @default 604_800_000 (7 d) */
export const EVENTS_KEPT = 604_800_000

/** Events of one app that are kept. @default 10_000 */
export const MAX_EVENTS = 10_000

/** Events of one app that are forgotten in one step */
export const PURGE_EVENTS = 500

/** Entries and bytes handed out at a time */
export const PAGE_ENTRIES = 1_000
export const PAGE_BYTES = 1_048_576

/** Where the next page goes on */
export interface AuditCursor {
  stage: 'roster' | 'entries'
  /** Roster entry from which on, or audit entry after which */
  at: number
  /** Number of the last audit entry to hand out */
  upTo: number
}

/** Lines of JSON as they stand in an exported file */
export interface AuditPage {
  lines: string[]
  /** Absent after the last page */
  next?: AuditCursor
}

export interface AuditReport {
  ok: boolean
  site: SiteId
  network: string
  /** SHA-256 of the network's first roster entry, hex: compare it with what you know */
  genesis: string
  /** Number of the first and the last entry, 0 when there is none */
  first: number
  last: number
  /** Entries up to this one are under a signature of the site */
  signed: number
  checkpoints: number
  /** Batches of receipts of other sites that were verified */
  receipts: number
  /** The first thing that is wrong; `n`: the entry concerned */
  problem?: { n?: number, what: string }
}

export interface Audit {
  /** Without a cursor: the first page. `sign`: the chain is signed up to its end first */
  page(input: { cursor?: AuditCursor, sign?: boolean }): Promise<AuditPage>
  start(): void
  /** Signs what is not signed yet */
  stop(): Promise<void>
}

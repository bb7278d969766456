/** Events of apps and the audit log, as they are kept. */
import type { AppId, SiteId } from '../../core/ids.ts'

export type EventKind =
  | 'task_arrived' | 'task_delivered' | 'task_refused' | 'task_claimed' | 'task_answered' | 'task_expired' | 'task_cancelled'
  | 'task_offered_again' | 'task_failed' | 'lease_taken' | 'lease_ended' | 'result_delivered' | 'result_refused'

/** Something that concerns an app; ids only */
export interface AppEvent {
  /** 1, 2, 3 … for each app, without a gap */
  n: number
  kind: EventKind
  /** Unix ms, by this site's clock */
  at: number
  creator: SiteId
  task: string
  /** Whose doing it is, and whom it concerns or reached */
  from: AppId | SiteId
  to: AppId | SiteId
  status?: string
  reason?: string
}

export interface OpenedEvents {
  /** Number of the newest event, 0 before the first */
  last: number
  /** Events up to this number are purged */
  purged: number
}

export interface ListEvents { app: AppId, after: number, limit: number }
export interface EventsPage extends OpenedEvents { events: AppEvent[] }

/** One entry of the audit log: `entry` is JSON text, to be hashed as it stands */
export interface AuditRow {
  n: number
  entry: string
  /** What the entry refers to by its SHA-256: signed receipts of another site */
  evidence?: Uint8Array
  /** 32 bytes: SHA-256 over the hash before and this entry */
  hash: Uint8Array
}

/** The site's signature over the chain up to `n` */
export interface AuditCheckpoint {
  n: number
  hash: Uint8Array
  /** Unix ms */
  at: number
  /** Ed25519 public key, 32 bytes */
  key: Uint8Array
  signature: Uint8Array
}

export interface AuditHead {
  /** 0 and 32 zero bytes before the first entry */
  n: number
  hash: Uint8Array
  /** Number that the newest checkpoint covers, 0 when there is none */
  signed: number
}

export interface PurgeJournal {
  now: number
  /** Events older than this go, Unix ms; of each app at most `maxEvents` stay */
  eventsBefore: number
  maxEvents: number
  /** Audit entries under a checkpoint older than this go, Unix ms; at most about `maxEntries` stay */
  auditBefore: number
  maxEntries: number
  /** Events of one app deleted in one step */
  limit: number
}

/** For whom there is something new */
export interface StoreNews {
  apps: AppId[]
  /** Number of the newest audit entry, 0 for none */
  audit: number
}

/** Apps, workers and addresses of this site, and what is asked about tasks. */
import type { RecipientDelivery, TaskFacts, TaskKey, WorkStatus } from './facts.ts'
import type { AppId, SiteId } from '../../core/ids.ts'

export interface AppRow {
  /** First fragment of the app id */
  name: string
  scheme: 'sha256' | 'scrypt'
  salt: Uint8Array
  hash: Uint8Array
  created: number
}

export interface WorkerRow {
  app: AppId
  capabilities: string[]
  /** Unix ms */
  until: number
}

export interface AddressRow {
  site: SiteId
  address: string
  /** Last time a connection to it worked, Unix ms */
  lastGood: number
}

export interface TaskFilter {
  app: AppId | SiteId
  /** Only what the app has still to answer: it is a recipient, and its own result is absent or `tempfailed` */
  todo: boolean
  /** Only tasks it created, or only tasks it is a recipient of. @default both */
  as?: 'creator' | 'recipient'
  now: number
  /** At most this many, in order of arrival */
  limit: number
  /** Only what arrived after this place (`seq`). @default 0 */
  after?: number
  /** No further task once inline bodies and metadata add up to this. @default 134_217_728 (128 MiB) */
  maxBytes?: number
  /** Inline bodies are left out: they are told by size and hash. @default false */
  bare?: boolean
}

export interface ListResults {
  task: TaskKey
  /** Only what arrived after this place (`seq`). @default 0 */
  after?: number
  /** As of TaskFilter. @default no limit */
  maxBytes?: number
  /** As of TaskFilter */
  bare?: boolean
}

export interface TaskSummary extends TaskFacts {
  seq: number
  size: number
  deliveries: RecipientDelivery[]
}

export interface RecentTasks {
  limit: number
  now: number
  /** Only what arrived before this place (`seq`) */
  below?: number
  /** Only what this app created or is a recipient of */
  app?: AppId | SiteId
  /** Only what was created at this instant or before, Unix ms */
  before?: number
}

/** An envelope that waits to be sent; what it carries is not told */
export interface WaitingEnvelope {
  seq: number
  site: SiteId
  kind: 'task' | 'result' | 'cancel'
  /** The answering app (results) */
  app?: AppId
  task: { creator: SiteId, id: string }
  state: 'queued' | 'parked'
  /** Unix ms */
  since: number
  expires: number
  /** Bytes of the body */
  size: number
  /** Why parked */
  reason?: string
  /** Who keeps it for the site */
  mailed?: SiteId[]
}

/** How much is here now; bytes are those of the bodies */
export interface StoreGauges {
  /** Unexpired tasks that apps of this site created, and those of other sites */
  own: { count: number, bytes: number }
  received: { count: number, bytes: number }
  /** Envelopes to other sites */
  queued: { count: number, bytes: number }
  parked: { count: number, bytes: number }
  /** Since when the oldest queued envelope waits, Unix ms */
  oldest?: number
}

/**
 * For a recipient: whether it has still to answer (also after `tempfailed`), claimed it,
 * or answered for good. For the creator: nobody did anything yet, some did, all
 * recipients answered for good.
 */
export type TaskState = 'open' | 'claimed' | 'answered'

export interface PageTasks {
  app: AppId | SiteId
  as?: 'creator' | 'recipient'
  state?: TaskState
  /** Only what arrived behind this place (`seq`). @default 0 */
  after?: number
  now: number
  /** By this site's clock, Unix ms */
  arrivedFrom?: number
  arrivedBefore?: number
  limit: number
  /** No further item once the bodies add up to this */
  maxBytes: number
  /** Nor once the rows do: inline bodies and metadata. @default no limit */
  maxInline?: number
  /** As of TaskFilter; bodies do not count then */
  bare?: boolean
}

export interface PageResults {
  task: TaskKey
  /** Only what names this app */
  to: AppId
  status?: WorkStatus
  after?: number
  arrivedFrom?: number
  arrivedBefore?: number
  limit: number
  maxBytes: number
  maxInline?: number
  bare?: boolean
}

export interface Paged<T> {
  items: T[]
  /** Where the next page begins; absent behind the last */
  next?: number
}

/** What is stored of tasks, results and envelopes on their way. */
import type { Attempt } from './attempt.ts'
import type { AppId, SiteId } from '../../core/ids.ts'

/**
 * A body at rest: exactly one of `inline` and `blob` is set. Given to a transition,
 * `inline` may be longer than a row takes: then it becomes a blob.
 */
export interface StoredBody {
  /** Bytes */
  size: number
  /** SHA-256, 32 bytes */
  sha256: Uint8Array
  inline?: Uint8Array
  blob?: { id: number, offset: number }
  /** Given to a transition: the upload whose blob is taken over */
  upload?: string
}

/** (creator site, task id): task ids are chosen by apps and trusted by nobody */
export interface TaskKey {
  creator: SiteId
  /** UUID, lower case with hyphens */
  id: string
}

/** What the creator said; never changes */
export interface TaskFacts extends TaskKey {
  from: AppId
  to: Array<AppId | SiteId>
  /** Duration as the app wrote it */
  ttl: string
  /** JSON text */
  failureStrategy: string
  /** JSON text */
  metadata: string
  /** Unix times in ms, by the creator's clock */
  created: number
  expires: number
}

export interface StoredTask extends TaskFacts {
  /** Order of arrival at this site */
  seq: number
  body: StoredBody
  /** Instant of expiry by this site's clock, Unix ms */
  localExpires: number
  /** Hash of the envelope it came in; absent when created here */
  envelopeHash?: Uint8Array
  /** When its creator took it back, by this site's clock, Unix ms */
  cancelled?: number
}

export type WorkStatus = 'claimed' | 'succeeded' | 'tempfailed' | 'permfailed'

export interface StoredResult {
  task: TaskKey
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  /** JSON text */
  metadata: string
  body: StoredBody
  /** Order of versions at its owner */
  incarnation: number
  revision: number
  /** Order of arrival at this site, new for each version */
  seq: number
}

/** An envelope that must reach a site. It is sealed when sent, not here. */
export interface NewDelivery {
  /** 16 random bytes */
  envelopeId: Uint8Array
  site: SiteId
  /** 32 random bytes from which all of this envelope's key material is derived: the same bytes are sealed again after a crash */
  seed: Uint8Array
}

export interface OutboxItem extends NewDelivery {
  seq: number
  kind: 'task' | 'result' | 'cancel'
  task: TaskKey
  /** The answering app (results) */
  app?: AppId
  /** Unix ms */
  expires: number
  /** Size of the body in bytes, to tell small from bulk */
  size: number
}

/** One outbox item with all that sealing needs */
export interface OutboxContent {
  item: OutboxItem
  task?: StoredTask
  result?: StoredResult & { answers?: Uint8Array, taskExpires: number, taskFrom: AppId }
}

export type DeliveryState = 'queued' | 'delivered' | 'refused' | 'expired' | 'parked' | 'cancelled'

/** Where a task stands with one recipient */
export interface RecipientDelivery {
  to: AppId | SiteId
  state: 'queued' | 'delivered' | 'claimed' | 'answered' | 'expired' | 'refused' | 'parked' | 'cancelling' | 'cancelled'
  /** Unix ms of the last change */
  since: number
  /** When it was on the recipient's disk, Unix ms */
  delivered?: number
  /** Why refused or parked */
  reason?: string
  /** While it waits: who keeps it for the recipient */
  mailed?: SiteId[]
  status?: WorkStatus
  /** Of recipients of this site: how the work stands, once it was leased or failed */
  attempt?: Attempt
}

export interface Waiters {
  /** Ids of apps of this site for whom a task became to do */
  todo: Array<AppId | SiteId>
}

/** Inputs and outcomes of the transitions of tasks, results and deliveries. */
import type { NewDelivery, OutboxItem, StoredBody, TaskFacts, TaskKey, WorkStatus } from './facts.ts'
import type { AppId, SiteId } from '../../core/ids.ts'

export interface CreateTask {
  task: TaskFacts
  body: StoredBody
  deliveries: NewDelivery[]
  /** This site, to tell local recipients */
  self: SiteId
  now: number
}
export type CreateTaskOutcome =
  /** `body`: where it rests, when that is not as it was given */
  | { kind: 'created', seq: number, body?: StoredBody }
  /** An unexpired task of this site has the id */
  | { kind: 'exists' }

export interface ReceiveTask {
  envelopeId: Uint8Array
  envelopeHash: Uint8Array
  task: TaskFacts
  body: StoredBody
  localExpires: number
  self: SiteId
  now: number
  /** Repeats of the envelope id are recognised until then, Unix ms */
  dedupUntil: number
}
export type ReceiveOutcome =
  | { kind: 'stored', seq: number }
  /** Seen before: answer as then */
  | { kind: 'duplicate', hash: Uint8Array, outcome: number, reason: string }
  /** `conflict`, `malformed` */
  | { kind: 'refused', reason: string }

export interface PutResult {
  task: TaskKey
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  metadata: string
  body: StoredBody
  incarnation: number
  /** Absent when the creator's site is this one */
  delivery?: NewDelivery
  /** Of a claim: hold the task for so long, ms */
  lease?: number
  /** Of the lease under which this is said */
  token?: number
  now: number
}
/** Why a claim or an answer had no effect */
export type LeaseRefusal =
  /** Somebody else holds the task, or its backoff goes on, until then (Unix ms) */
  | { kind: 'leased', until: number }
  /** The task was leased: only who names the token may answer */
  | { kind: 'token-needed' }
  /** The lease of this token is over; that it came is recorded */
  | { kind: 'lease-lost' }
  /** Nothing is left to hold a lease for */
  | { kind: 'answered' }
export type PutResultOutcome =
  | {
    kind: 'created' | 'updated'
    seq: number
    revision: number
    /** As stored: the last try of a strategy is kept as `permfailed` */
    status: WorkStatus
    /** Of the lease that was taken or renewed, and when it ends */
    token?: number
    until?: number
    /** When the backoff ends and the task is to do again */
    again?: number
    body?: StoredBody
  }
  /** The lease goes on; no new version */
  | { kind: 'renewed', token: number, until: number }
  /** Its creator took the task back */
  | { kind: 'cancelled' }
  | LeaseRefusal
  /** `claimed` after `succeeded` */
  | { kind: 'ignored' }
  | { kind: 'unknown-task' }
  | { kind: 'not-recipient' }

/** An answer to the task that an id means for this app */
export interface AnswerTask extends Omit<PutResult, 'task' | 'delivery'> {
  id: string
  /** This site: to its own apps nothing must be sent */
  self: SiteId
  /** Of the envelope to the creator's site */
  delivery: Omit<NewDelivery, 'site'>
}
/** What the sender of an answer needs to know of its task */
export interface AnsweredTask extends TaskKey {
  from: AppId
  /** By its creator's clock, Unix ms */
  expires: number
  envelopeHash?: Uint8Array
}
export type AnswerTaskOutcome =
  | Extract<PutResultOutcome, { kind: 'created' | 'updated' }> & { task: AnsweredTask }
  | Exclude<PutResultOutcome, { kind: 'created' | 'updated' }>
  /** Several creators used the id, and `to` does not decide */
  | { kind: 'ambiguous', creators: AppId[] }

export interface ReceiveResult {
  envelopeId: Uint8Array
  envelopeHash: Uint8Array
  /** The signer */
  site: SiteId
  task: TaskKey
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  metadata: string
  body: StoredBody
  incarnation: number
  revision: number
  /** Hash of the task's envelope that it answers, as the result says */
  answers?: Uint8Array
  now: number
  dedupUntil: number
}
export type ReceiveResultOutcome =
  /** `created`: when its task was, Unix ms */
  | { kind: 'stored', seq: number, created?: number, body?: StoredBody }
  /** A newer version is here: acknowledged, no effect */
  | { kind: 'older' }
  | { kind: 'duplicate', hash: Uint8Array, outcome: number, reason: string }
  /** `unknown-task`, `not-recipient`, `malformed` */
  | { kind: 'refused', reason: string }

/** Remember a refusal so that a repeat is answered alike without work */
export interface RecordRefusal {
  envelopeId: Uint8Array
  envelopeHash: Uint8Array
  site: SiteId
  reason: string
  dedupUntil: number
  now?: number
}

export interface SettleDelivery {
  envelopeId: Uint8Array
  /** Signer of the receipt */
  site: SiteId
  /** Hash that the receipt names */
  hash: Uint8Array
  outcome: 'delivered' | 'refused'
  reason?: string
  now: number
  /** The signed batch that the receipt is in, kept as evidence: give all calls of one batch the same array */
  receipts?: Uint8Array
}
export type SettleOutcome =
  /** `since`: when it was queued, Unix ms */
  | { kind: 'settled', item: OutboxItem, since: number }
  /** No such envelope, not for this site, or settled before */
  | { kind: 'unknown' }

/** `seq`: place in the outbox */
export interface ReofferDeliveries { site: SiteId, rows: Array<{ seq: number, envelopeId: Uint8Array, seed: Uint8Array }>, now: number }

export interface ParkDeliveries { site: SiteId, reason: string, now: number }

/** What one site, or one of its apps, has unexpired here: for limits */
export interface CountOpen { creator: SiteId, from?: AppId, now: number }
export interface OpenCounts {
  tasks: number
  /** Sum of the bodies' sizes */
  bytes: number
}

export interface ExpireStep { now: number, limit: number }
export interface ExpireOutcome {
  /** Tasks that expired in this step */
  tasks: TaskKey[]
  /** Envelopes that will not be sent any more */
  deliveries: Uint8Array[]
  more: boolean
}

export interface PurgeStep { before: number, now: number, limit: number }
export interface PurgeOutcome { tasks: TaskKey[], more: boolean }

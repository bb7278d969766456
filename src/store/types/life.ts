/** Inputs and outcomes of cancels, leases and retries. */
import type { NewDelivery, StoredResult, TaskFacts, TaskKey } from './facts.ts'
import type { AppId, SiteId } from '../../core/ids.ts'

export interface CancelTask {
  task: TaskKey
  /** One for each other site of the recipients; those that are not needed are not used */
  deliveries: NewDelivery[]
  now: number
}
export type CancelTaskOutcome =
  | { kind: 'cancelled', /** Sites that must be told */ told: NewDelivery[] }
  | { kind: 'already' }
  /** Unknown here, or of another site */
  | { kind: 'unknown-task' }
  /** Over before it was cancelled */
  | { kind: 'expired' }

export interface ReceiveCancel {
  envelopeId: Uint8Array
  envelopeHash: Uint8Array
  /** What the creator says of the task: `created` tells the lives of an id apart; there is no body */
  task: TaskFacts
  localExpires: number
  self: SiteId
  now: number
  dedupUntil: number
  /** Whether its creator may have one more task here: a cancel that comes before its task takes the place of it */
  room: boolean
}
export type ReceiveCancelOutcome =
  /** The task was here, or a mark keeps it out when it comes */
  | { kind: 'cancelled', known: boolean }
  /** Cancelled before, expired here, or a later life of the id is here: acknowledged, no effect */
  | { kind: 'nothing' }
  /** Nothing was changed: the creator's site tries again */
  | { kind: 'full' }
  | { kind: 'duplicate', hash: Uint8Array, outcome: number, reason: string }
  /** `malformed` */
  | { kind: 'refused', reason: string }

export interface EndLeases {
  now: number
  /** Envelopes for results that fail for good: at most as many leases are ended as there are */
  deliveries: Array<Omit<NewDelivery, 'site'>>
  incarnation: number
  self: SiteId
}
export interface OfferedAgain { task: TaskKey, recipient: AppId, from: AppId, to: Array<AppId | SiteId>, /** A place after all that was there */ seq: number }
export interface EndLeasesOutcome {
  offered: OfferedAgain[]
  /** Failed for good: the new version, and how it leaves unless its creator is of this site */
  failed: Array<{ result: StoredResult, delivery?: NewDelivery }>
  more: boolean
}

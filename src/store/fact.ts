import type { TaskKey, WorkStatus } from './types/facts.ts'
import type { AppId, SiteId } from '../core/ids.ts'

type Recipients = Array<AppId | SiteId>

/** What a transition did; names ids only: no body, no metadata, no key that is secret */
export type Fact =
  /** `from` is its creator, an app of this site */
  | { kind: 'task-created', task: TaskKey, from: AppId, to: Recipients, at: number }
  | { kind: 'task-received', task: TaskKey, from: AppId, to: Recipients, envelope: Uint8Array, hash: Uint8Array, at: number }
  /** An envelope of another site was refused for good: policy, rules or signature */
  | { kind: 'envelope-refused', site: SiteId, envelope: Uint8Array, hash: Uint8Array, reason: string, at?: number }
  /**
   * A receipt settled an envelope of ours. `from` is the app whose task or result it
   * carries; `receipts` the signed batch that the receipt is in
   */
  | { kind: 'envelope-settled', carries: 'task' | 'result' | 'cancel', task: TaskKey, from: AppId, site: SiteId, outcome: 'delivered' | 'refused', reason?: string, envelope: Uint8Array, hash: Uint8Array, receipts?: Uint8Array, at: number }
  /** `creator`: the app that created the task; `to`: who may read the result */
  | { kind: 'result-put', task: TaskKey, from: AppId, to: Recipients, creator: AppId, status: WorkStatus, revision: number, at: number }
  | { kind: 'result-received', task: TaskKey, from: AppId, to: Recipients, creator: AppId, status: WorkStatus, revision: number, envelope: Uint8Array, hash: Uint8Array, at: number }
  /** `to`: the recipients that had still to answer */
  | { kind: 'task-expired', task: TaskKey, from: AppId, to: Recipients, at: number }

  /** The creator cancelled it at its own site; `to` are all recipients */
  | { kind: 'task-cancelled', task: TaskKey, from: AppId, to: Recipients, at: number }
  /** The creator's site said so; `to` are the recipients of this site */
  | { kind: 'cancel-received', task: TaskKey, from: AppId, to: Recipients, at: number }
  /** `app` works on it until `until`; `creator` is the app that created the task */
  | { kind: 'lease-taken', task: TaskKey, app: AppId, creator: AppId, token: number, until: number, at: number }
  | { kind: 'lease-ended', task: TaskKey, app: AppId, creator: AppId, token: number, reason: string, at: number }
  | { kind: 'offered-again', task: TaskKey, app: AppId, creator: AppId, reason: string, at: number }
  | { kind: 'failed-for-good', task: TaskKey, app: AppId, creator: AppId, reason: string, at: number }

  /** `seq`, `hash`: the new head; `supersedes`: the ancestor that a recovery goes on from */
  | { kind: 'roster-appended', entries: number, seq: number, hash: Uint8Array, supersedes?: number, at?: number }
  /** A site's record was kept: its encryption keys and peers as of now */
  | { kind: 'record-kept', site: SiteId, sequence: number, record: Uint8Array, at?: number }
  | { kind: 'invite-created', id: Uint8Array, site: string, expires: number, at: number }
  | { kind: 'invite-cancelled', id: Uint8Array, at?: number }
  | { kind: 'invite-used', id: Uint8Array, signingKey: Uint8Array, at: number }
  | { kind: 'app-added', name: string, at: number }
  | { kind: 'app-key-rotated', name: string, at?: number }
  | { kind: 'app-removed', name: string, at?: number }
  /** Somebody asked for something and the rules or the operator decided: `subject` says who, `action` for what */
  | { kind: 'decision', subject: string, action: string, allowed: boolean, reason?: string, at: number }
  /** An encryption key of this site, by its id: mail may be sealed for it until `until` */
  | { kind: 'encryption-key-made', key: Uint8Array, until: number, at: number }
  /** Its private half is no more */
  | { kind: 'encryption-key-erased', key: Uint8Array, at: number }
  /** This store goes on from a backup, as the life of this number */
  | { kind: 'restored', incarnation: number, at: number }

/** Told by who did it, because no transition of the store does */
export type NotedFact = Extract<Fact, { kind: 'decision' | 'encryption-key-made' | 'encryption-key-erased' }>

/**
 * Waiting by key: a poll wakes for what concerns it and for nothing else. Keys are
 * made here so that those who wake and those who wait agree.
 */
import type { AppId, SiteId } from '../core/ids.ts'
import type { StoredResult, StoredTask, TaskKey } from '../store/index.ts'

/** Something became to do for this app, or a task of its own making was stored */
export const tasksOf = (app: AppId | SiteId): string => `tasks/${app}`
/** A task with this id was stored, whoever created it */
export const taskId = (id: string): string => `task/${id}`
/** A result of this task was stored, or the task expired or was purged */
export const resultsOf = (task: TaskKey): string => `results/${task.creator}/${task.id}`

/** Events of the journal were committed for this app */
export const eventsOf = (app: AppId): string => `events/${app}`

export type Event =
  /** `seq` is its place in the order of arrival: what a read already showed is not counted again */
  /** `stored`: as it was stored just now, so that who waited for this one alone needs no read */
  | { kind: 'task', task: TaskKey, seq: number, from: AppId, to: Array<AppId | SiteId>, stored?: StoredTask, /** Not new, but to do once more */ again?: boolean }
  /** The version as it was stored: whoever streams needs no read. Claimed ones do not count for waiting. */
  | { kind: 'result', result: StoredResult }
  | { kind: 'expired', task: TaskKey }
  /** Its creator took it back; others may use its id for theirs */
  | { kind: 'cancelled', task: TaskKey, from: AppId, to: Array<AppId | SiteId> }
  | { kind: 'purged', task: TaskKey }
  /** There is more in the journal than there was */
  | { kind: 'news' }
  /** The daemon drains: held polls answer with what they have */
  | { kind: 'drain' }

export interface EventBus {
  emit(key: string, event: Event): void
  /**
   * @throws {LimitError} when too many wait
   * @throws {UnavailableError} while draining
   */
  subscribe(key: string, listener: (event: Event) => void): () => void
  /** Every waiter, whatever its key */
  drain(): void
  readonly draining: boolean
  /** Number of waiters, for limits and metrics */
  readonly size: number
}

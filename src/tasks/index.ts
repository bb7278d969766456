/**
 * Tasks and results: what an app can do with them, whatever dialect it speaks.
 * The creator's site owns the task, the answering site owns its result; others
 * hold copies. Delivery is at-least-once on the wire, once in effect.
 */
import type { AppId, SiteId } from '../core/ids.ts'
import type { LeaseRefusal, RecipientDelivery, TaskKey, TaskState, TaskSummary, WaitingEnvelope, WorkStatus } from '../store/index.ts'

/** A body that is too large for JSON, is no text, or was not asked for: where `body` is empty */
export interface BodyRef {
  size: number
  sha256: Uint8Array
}

/** A task as an app reads it */
export interface TaskView {
  creator: SiteId
  id: string
  from: AppId
  to: Array<AppId | SiteId>
  /** UTF-8 text; undefined for a creator that is no recipient, whose own body is not handed back */
  body: string | undefined
  /** A long body is here in place of `body`, the same text */
  bodyBytes?: Uint8Array
  bodyRef?: BodyRef
  ttl: string
  /** JSON text */
  failureStrategy: string
  metadata: string
  expires: number
  seq: number
}

export interface ResultView {
  task: TaskKey
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  metadata: string
  body: string
  /** A long body is here in place of `body`, the same text */
  bodyBytes?: Uint8Array
  bodyRef?: BodyRef
  seq: number
}

export interface NewTask {
  /** UUID, lower case with hyphens */
  id: string
  from: AppId
  to: Array<AppId | SiteId>
  /** Text, or the UTF-8 of a long one, which the callee keeps */
  body: string | Uint8Array
  /** Id of an upload in place of `body` */
  upload?: string
  /** As written */
  ttl: string
  /** ms, already cut to the longest ttl */
  ttlMs: number
  failureStrategy: string
  metadata: string
}

export interface NewResult {
  taskId: string
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  metadata: string
  /** Text, or the UTF-8 of a long one, which the callee keeps */
  body: string | Uint8Array
  /** Id of an upload in place of `body` */
  upload?: string
  /** Of a claim: hold the task for so long, ms */
  lease?: number
  /** Fencing token of the lease under which this is said */
  token?: number
}

export type CreateOutcome =
  | { kind: 'created' }
  | { kind: 'exists' }
  /** Sites that are not valid members now; nothing was created */
  | { kind: 'not-members', sites: SiteId[] }

export type AnswerOutcome =
  /** With the token and the end of the lease under which it is claimed */
  | { kind: 'created' | 'updated' | 'ignored', token?: number, until?: number }
  /** Its creator took the task back */
  | { kind: 'cancelled' }
  | LeaseRefusal
  | { kind: 'not-members', sites: SiteId[] }
  | { kind: 'unknown-task' | 'not-recipient' }
  /** Several creators used the id and `to` does not decide */
  | { kind: 'ambiguous', creators: AppId[] }

export type CancelOutcome =
  /** `already`: it was cancelled before */
  | { kind: 'cancelled' | 'already' }
  /** Over before it was cancelled */
  | { kind: 'expired' }
  | { kind: 'not-found' | 'not-creator' }

/**
 * How long to wait for how many items, in Beam's sense:
 * neither = do not wait; `time` alone = always the whole time; `count` alone = up to
 * the longest wait; both = whichever comes first.
 */
export interface Wait {
  /**
   * Asked before bodies are read into an answer; what is returned gives them back earlier than its end
   *
   * @throws {LimitError} when too much is being answered
   */
  room?(bytes: number): () => void
  /** Of a stream: waits until there is room for so many bytes of bodies; resolves with what gives them back */
  turn?(bytes: number): Promise<() => void>
  count?: number
  /** ms, already capped */
  time?: number
  /** The client went away */
  signal: AbortSignal
}

export interface ListFilter {
  /** Only what the app is a recipient of and has still to answer */
  todo: boolean
  /** Only tasks it created, or only tasks it is a recipient of. @default both */
  as?: 'creator' | 'recipient'
  /** `none`: each body is told by size and hash. @default 'all' */
  bodies?: 'all' | 'none'
}

/** Which of the newest tasks an operator wants to see */
export interface RecentFilter {
  /** At least one recipient stands so */
  state?: RecipientDelivery['state']
  /** Created it, or is a recipient */
  app?: AppId | SiteId
  /** Created at least this long ago, ms */
  olderThan?: number
}

/** An envelope that waits, and why */
export type WaitingView = WaitingEnvelope & {
  note?: string
  /** When it is sent again, Unix ms; unknown while there is no link */
  nextTry?: number
}

/** A page of a list */
export interface PageAsked {
  /** As of Wait */
  room?(bytes: number): () => void
  /** Behind this place; 0 for the first page */
  after: number
  /** 1 to 1,000 */
  limit: number
  /** By arrival at this site, ms */
  olderThan?: number
  newerThan?: number
  /** `none`: each body is told by size and hash */
  bodies: 'all' | 'none'
}

export interface TaskPageAsked extends PageAsked {
  as?: 'creator' | 'recipient'
  state?: TaskState
}

export interface ResultPageAsked extends PageAsked {
  status?: WorkStatus
}

export interface Page<T> {
  items: T[]
  /** Where the next page begins; absent behind the last. A page may be short and not the last. */
  next?: number
}

export interface Tasks {
  /** Never waits */
  pageTasks(app: AppId | SiteId, asked: TaskPageAsked): Promise<Page<TaskView>>
  pageResults(app: AppId, id: string, asked: ResultPageAsked): Promise<Page<ResultView> & { kind: 'found' } | { kind: 'not-found' | 'not-creator' }>
  /** @throws {UnavailableError} while draining or when the clock was set back */
  create(task: NewTask): Promise<CreateOutcome>
  list(app: AppId | SiteId, filter: ListFilter, wait: Wait): Promise<TaskView[]>
  /** Waits for the id to appear when `wait` says so */
  get(app: AppId, id: string, wait: Wait): Promise<
    | { kind: 'found', task: TaskView }
    | { kind: 'not-found' }
    /** Its creator took it back */
    | { kind: 'cancelled' }
    | { kind: 'ambiguous', creators: AppId[] }>
  answer(result: NewResult): Promise<AnswerOutcome>
  /**
   * Takes a task of this site back: `by` is its creator, or 'operator'.
   *
   * @throws {UnavailableError} while draining or when the clock was set back
   */
  cancel(by: AppId | 'operator', id: string): Promise<CancelOutcome>
  /** Results whose `to` names the app */
  results(app: AppId, id: string, wait: Wait, bodies?: 'all' | 'none'): Promise<
    | { kind: 'found', results: ResultView[] }
    | { kind: 'not-found' | 'not-creator' | 'gone' }>
  /**
   * Results as they come, for event streams: first what is there after `after`
   * (a `seq`, 0 for all), then each new version; ends by Beam's rules for `wait`.
   */
  watch(app: AppId, id: string, after: number, wait: Wait): Promise<
    | { kind: 'watching', events: AsyncIterable<ResultEvent> }
    | { kind: 'not-found' | 'not-creator' }>
  deliveries(app: AppId, id: string): Promise<
    | { kind: 'found', deliveries: Array<RecipientDelivery & { note?: string }> }
    | { kind: 'not-found' | 'not-creator' }>
  /** For the operator */
  recent(limit: number, filter?: RecentFilter): Promise<TaskSummary[]>
  show(id: string): Promise<Array<TaskSummary & { notes: Record<SiteId, string> }>>
}

export type ResultEvent =
  | { kind: 'result', result: ResultView }
  | { kind: 'wait-expired' }
  | { kind: 'task-expired' }
  /** Nothing happened for a while: keeps the connection alive */
  | { kind: 'keep-alive' }

/** Capabilities: announced with a lease, found through the directory, confirmed live */
export interface Workers {
  /** @throws {RefusedError} naming the first capability that the site's admission does not allow */
  announce(app: AppId, capabilities: string[], leaseMs: number): Promise<{ until: number }>
  withdraw(app: AppId): Promise<boolean>
  /** Asks every site that the directory names; `confirmed` are those that answered themselves */
  find(capability: string, signal: AbortSignal): Promise<{ workers: Array<{ app: AppId, capabilities: string[], until: number }>, confirmed: SiteId[] }>
  local(capability?: string): Promise<Array<{ app: AppId, capabilities: string[], until: number }>>
}

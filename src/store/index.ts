/**
 * The store speaks in transitions: named compare-and-set operations with typed
 * outcomes. No SQL and no open transaction exists above this interface.
 *
 * `StoreCore` is synchronous: simulations run it in-process. `Store` is the same
 * set of operations behind promises: the daemon's implementation runs the core in
 * a worker thread and groups the operations of many callers into one commit. A
 * promise of a transition resolves after its commit is on disk (WAL,
 * synchronous=FULL); a read sees only what is committed.
 *
 * Preconditions stand in the file of each transition. An operation whose
 * precondition fails returns an outcome that says so and changes nothing.
 */
import type { AppId, SiteId } from '../core/ids.ts'

/** Bodies up to this many bytes live in their row, larger ones in a blob */
export const INLINE_BODY = 65_536

/** A body at rest: exactly one of `inline` and `blob` is set */
export interface StoredBody {
  /** Bytes */
  size: number
  /** SHA-256, 32 bytes */
  sha256: Uint8Array
  inline?: Uint8Array
  blob?: { id: number, offset: number }
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
  kind: 'task' | 'result'
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

export type DeliveryState = 'queued' | 'delivered' | 'refused' | 'expired' | 'parked'

/** Where a task stands with one recipient */
export interface RecipientDelivery {
  to: AppId | SiteId
  state: 'queued' | 'delivered' | 'claimed' | 'answered' | 'expired' | 'refused' | 'parked'
  /** Unix ms of the last change */
  since: number
  /** When it was on the recipient's disk, Unix ms */
  delivered?: number
  /** Why refused or parked */
  reason?: string
  status?: WorkStatus
}

export interface Waiters {
  /** Ids of apps of this site for whom a task became to do */
  todo: Array<AppId | SiteId>
}

// ---- transitions of tasks and results

export interface CreateTask {
  task: TaskFacts
  body: StoredBody
  deliveries: NewDelivery[]
  /** This site, to tell local recipients */
  self: SiteId
  now: number
}
export type CreateTaskOutcome =
  | { kind: 'created', seq: number }
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
  now: number
}
export type PutResultOutcome =
  | { kind: 'created' | 'updated', seq: number, revision: number }
  /** `claimed` after `succeeded` */
  | { kind: 'ignored' }
  | { kind: 'unknown-task' }
  | { kind: 'not-recipient' }

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
  | { kind: 'stored', seq: number }
  /** A newer version is here: acknowledged, no effect */
  | { kind: 'older' }
  | { kind: 'duplicate', hash: Uint8Array, outcome: number, reason: string }
  /** `unknown-task`, `not-recipient` */
  | { kind: 'refused', reason: string }

/** Remember a refusal so that a repeat is answered alike without work */
export interface RecordRefusal {
  envelopeId: Uint8Array
  envelopeHash: Uint8Array
  site: SiteId
  reason: string
  dedupUntil: number
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
}
export type SettleOutcome =
  | { kind: 'settled', item: OutboxItem }
  /** No such envelope, not for this site, or settled before */
  | { kind: 'unknown' }

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

// ---- blobs and envelopes in the middle of their way

export interface BeginInbound { envelopeId: Uint8Array, site: SiteId, hash: Uint8Array, now: number }
export interface InboundState {
  blob: number
  /** Whole chunks on disk */
  chunks: number
}
export interface AppendInbound { envelopeId: Uint8Array, chunk: number, data: Uint8Array }
export interface AppendBlob { blob: number, offset: number, data: Uint8Array }
export interface ReadBlob { blob: number, offset: number, length: number }

// ---- membership

export interface RosterRow { seq: number, hash: Uint8Array, entry: Uint8Array }
export interface AppendRoster {
  /** Head that the entries follow; absent for an empty log */
  after?: { seq: number, hash: Uint8Array }
  rows: RosterRow[]
  /**
   * A recovery: `after` names an ancestor of the head, and the rows after it are
   * replaced by `rows` in the same commit. `moved` when that ancestor is not here.
   */
  supersede?: boolean
}
export type AppendRosterOutcome = { kind: 'appended' } | { kind: 'moved' }

export interface RecordRow {
  site: SiteId
  sequence: number
  record: Uint8Array
  /** Takes the place of any stored record, whatever its sequence: the site was admitted anew with another key, and counts from 1 again */
  replace?: boolean
}

export interface Invite {
  /** 16 bytes */
  id: Uint8Array
  /** 32 bytes */
  secret: Uint8Array
  /** Site fragment */
  site: string
  organization: string
  capabilities: string[]
  created: number
  expires: number
  state: 'open' | 'used' | 'cancelled'
  /** Signing key that redeemed it */
  usedBy?: Uint8Array
}
export interface RedeemInvite {
  id: Uint8Array
  signingKey: Uint8Array
  now: number
  append: AppendRoster
  record: RecordRow
}
export type RedeemOutcome =
  | { kind: 'redeemed' }
  /** The roster's head moved: build the entry again */
  | { kind: 'moved' }
  | { kind: 'unknown' | 'used' | 'expired' | 'cancelled' }

// ---- apps, workers, addresses

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
}

export interface TaskSummary extends TaskFacts {
  seq: number
  size: number
  deliveries: RecipientDelivery[]
}

/** Write operations. Each is one file in `transitions/`. */
export interface Transitions {
  createTask(input: CreateTask): CreateTaskOutcome
  receiveTask(input: ReceiveTask): ReceiveOutcome
  putResult(input: PutResult): PutResultOutcome
  receiveResult(input: ReceiveResult): ReceiveResultOutcome
  recordRefusal(input: RecordRefusal): void
  settleDelivery(input: SettleDelivery): SettleOutcome
  /** Queued envelopes of a revoked site wait with a reason; returns how many */
  parkDeliveries(input: ParkDeliveries): number
  /** Unexpired parked envelopes of a site that is a member again are queued again; returns how many */
  unparkDeliveries(input: { site: SiteId, now: number }): number
  expireStep(input: ExpireStep): ExpireOutcome
  purgeStep(input: PurgeStep): PurgeOutcome

  /** Returns the id of an empty blob; blobs that nothing refers to after an hour are purged */
  createBlob(input: { now: number }): number
  appendBlob(input: AppendBlob): void
  beginInbound(input: BeginInbound): InboundState
  /** False when `chunk` is not the next one: nothing is changed */
  appendInbound(input: AppendInbound): boolean
  /** Forget a partly received envelope and its bytes, or only the row when a task or result took over its blob */
  endInbound(input: { envelopeId: Uint8Array, keepBlob: boolean }): void

  appendRoster(input: AppendRoster): AppendRosterOutcome
  /** False when a record of the same or a newer sequence is there (and `replace` is not set): nothing is changed */
  putRecord(input: RecordRow): boolean
  createInvite(input: Invite): void
  /** False when there is no open invite of that id */
  cancelInvite(input: { id: Uint8Array }): boolean
  /** Marks the invite used, appends to the roster and keeps the record in one commit */
  redeemInvite(input: RedeemInvite): RedeemOutcome

  /** False when the name is taken */
  addApp(input: AppRow): boolean
  replaceAppKey(input: AppRow): boolean
  removeApp(input: { name: string }): boolean
  putWorker(input: WorkerRow): void
  removeWorker(input: { app: AppId }): boolean
  putAddress(input: AddressRow): void

  /** Keeps the highest wall clock seen; returns it */
  touchClock(input: { now: number }): number
  setMeta(input: { key: string, value: string }): void
}

/** Read operations: they see only what is committed. */
export interface Reads {
  /**
   * Tasks that the app created or is a recipient of (to or from, not both needed),
   * unexpired, in order of arrival
   */
  listTasks(input: TaskFilter): StoredTask[]
  /** Every task with this id, whoever created it, expired ones included until purged */
  findTasks(input: { id: string }): StoredTask[]
  listResults(input: { task: TaskKey }): StoredResult[]
  getResult(input: { task: TaskKey, from: AppId }): StoredResult | undefined
  listDeliveries(input: { task: TaskKey, now: number }): RecipientDelivery[]
  /** Newest first: for the operator */
  recentTasks(input: { limit: number, now: number }): TaskSummary[]

  /** Queued envelopes for a site after `after`, in order */
  listOutbox(input: { site: SiteId, after: number, limit: number, now: number }): OutboxItem[]
  /** Undefined when it is settled or gone */
  readOutbox(input: { envelopeId: Uint8Array }): OutboxContent | undefined
  /** Sites for which envelopes are queued, with how many */
  outboxSites(input: { now: number }): Array<{ site: SiteId, count: number, bytes: number }>
  /** What was answered for this envelope, if it is known. Ids are chosen by their senders: name the site */
  findReceived(input: { envelopeId: Uint8Array, site?: SiteId }): { site: SiteId, hash: Uint8Array, outcome: number, reason: string } | undefined
  readBlob(input: ReadBlob): Uint8Array

  listRoster(input: { from: number, limit: number }): RosterRow[]
  rosterHead(input: Record<string, never>): { seq: number, hash: Uint8Array } | undefined
  listRecords(input: Record<string, never>): RecordRow[]
  listInvites(input: Record<string, never>): Invite[]
  findInvite(input: { id: Uint8Array }): Invite | undefined

  listApps(input: Record<string, never>): AppRow[]
  listWorkers(input: { now: number }): WorkerRow[]
  listAddresses(input: Record<string, never>): AddressRow[]
  getMeta(input: { key: string }): string | undefined
  counts(input: { now: number }): StoreCounts
  countOpen(input: CountOpen): OpenCounts
}

export interface StoreCounts {
  tasks: number
  results: number
  queued: number
  /** Bytes of the database file */
  bytes: number
}

/** The synchronous core: simulations run it in-process */
export interface StoreCore extends Transitions, Reads {
  /** Number of this store's life: larger after a restore from a backup */
  readonly incarnation: number
  /** Runs `fn` in one transaction; rolled back when it throws */
  transaction<T> (fn: () => T): T
  close(): void
}

type Async<T> = {
  [K in keyof T]: T[K] extends (...input: infer I) => infer R ? (...input: I) => Promise<R> : never
}

/** What the rest of the daemon uses */
export interface Store extends Async<Transitions>, Async<Reads> {
  readonly incarnation: number
  close(): Promise<void>
}

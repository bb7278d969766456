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
import type { NotedFact } from './fact.ts'
import type { Maintenance } from './maintenance.ts'
import type { TakeNewLife } from './transitions/take-new-life.ts'
import type { AppendBlob, AppendUpload, AppendUploadOutcome, BeginUpload, BeginUploadOutcome, CompleteUpload, NameUpload, Upload, AppendInbound, BeginInbound, InboundState, ReadBlob } from './types/blobs.ts'
import type { OutboxContent, OutboxItem, RecipientDelivery, StoredResult, StoredTask, TaskKey } from './types/facts.ts'
import type { AuditCheckpoint, AuditHead, AuditRow, EventsPage, ListEvents, OpenedEvents, PurgeJournal, StoreNews } from './types/journal.ts'
import type { CancelTask, CancelTaskOutcome, EndLeases, EndLeasesOutcome, ReceiveCancel, ReceiveCancelOutcome } from './types/life.ts'
import type { AddressRow, AppRow, ListResults, Paged, PageResults, PageTasks, RecentTasks, StoreGauges, TaskFilter, TaskSummary, WaitingEnvelope, WorkerRow } from './types/local.ts'
import type { AppendMail, AppendMailOutcome, BeginMail, BeginMailOutcome, LeftMail, ListMail, ListUnmailed, MailItem, MailUse, NamedMail, ReadMail, UnmailedItem } from './types/mail.ts'
import type { AppendRoster, AppendRosterOutcome, Invite, RecordRow, RedeemInvite, RedeemOutcome, RosterRow, SetApproval } from './types/membership.ts'
import type { AnswerTask, AnswerTaskOutcome, CountOpen, CreateTask, CreateTaskOutcome, ExpireOutcome, ExpireStep, OpenCounts, ParkDeliveries, PurgeOutcome, PurgeStep, PutResult, PutResultOutcome, ReceiveOutcome, ReceiveResult, ReceiveResultOutcome, ReceiveTask, RecordRefusal, ReofferDeliveries, SettleDelivery, SettleOutcome } from './types/tasks.ts'
import type { AppId, SiteId } from '../core/ids.ts'

export type * from './types/attempt.ts'
export type * from './types/blobs.ts'
export type * from './types/facts.ts'
export type * from './types/journal.ts'
export type * from './types/life.ts'
export type * from './types/local.ts'
export type * from './types/mail.ts'
export type * from './types/membership.ts'
export type * from './types/tasks.ts'

/** Bodies up to this many bytes live in their row, larger ones in a blob */
export const INLINE_BODY = 65_536

/** Write operations. Each is one file in `transitions/`. */
export interface Transitions {
  createTask(input: CreateTask): CreateTaskOutcome
  receiveTask(input: ReceiveTask): ReceiveOutcome
  putResult(input: PutResult): PutResultOutcome
  /** The same for a task that is named by its id alone */
  answerTask(input: AnswerTask): AnswerTaskOutcome
  receiveResult(input: ReceiveResult): ReceiveResultOutcome
  cancelTask(input: CancelTask): CancelTaskOutcome
  receiveCancel(input: ReceiveCancel): ReceiveCancelOutcome
  /** Leases that ran out and backoffs that are over */
  endLeases(input: EndLeases): EndLeasesOutcome
  recordRefusal(input: RecordRefusal): void
  settleDelivery(input: SettleDelivery): SettleOutcome
  /** Queued envelopes of a revoked site wait with a reason; returns how many */
  parkDeliveries(input: ParkDeliveries): number
  /** Confirmed envelopes are queued once more, for a site that was restored from a backup; returns how many */
  reofferDeliveries(input: ReofferDeliveries): number
  /** For a store that was restored from a backup, before anything else uses it; returns its incarnation */
  takeNewLife(input: TakeNewLife): number
  /** Unexpired parked envelopes of a site that is a member again are queued again; returns how many */
  unparkDeliveries(input: { site: SiteId, now: number }): number
  expireStep(input: ExpireStep): ExpireOutcome
  purgeStep(input: PurgeStep): PurgeOutcome

  /** Returns the id of an empty blob; blobs that nothing refers to after an hour are purged */
  createBlob(input: { now: number }): number
  appendBlob(input: AppendBlob): void
  beginUpload(input: BeginUpload): BeginUploadOutcome
  appendUpload(input: AppendUpload): AppendUploadOutcome
  /** False when it is not there, or not of that size */
  completeUpload(input: CompleteUpload): boolean
  /** False when there is none that is unused */
  dropUpload(input: NameUpload): boolean
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
  /** False when the invite does not wait for this: nothing is changed */
  setApproval(input: SetApproval): boolean
  /** Marks the invite used, appends to the roster and keeps the record in one commit */
  redeemInvite(input: RedeemInvite): RedeemOutcome

  /** False when the name is taken */
  addApp(input: AppRow): boolean
  replaceAppKey(input: AppRow): boolean
  removeApp(input: { name: string }): boolean
  putWorker(input: WorkerRow): void
  removeWorker(input: { app: AppId }): boolean
  putAddress(input: AddressRow): void

  /** From the first call on, events are kept for the app */
  openEvents(input: { app: AppId }): OpenedEvents
  /** What no other transition carries out, for the audit log */
  noteFact(input: NotedFact): void
  /** False when that entry is not there or is covered already */
  putCheckpoint(input: AuditCheckpoint): boolean
  /** One step; true when there is more to forget */
  purgeJournal(input: PurgeJournal): boolean

  /** Keeps the highest wall clock seen; returns it */
  touchClock(input: { now: number }): number
  /** The operator says that `now` is right, also when it is lower than the mark; returns the mark that was */
  resetClock(input: { now: number }): number
  setMeta(input: { key: string, value: string }): void

  /** Sealed mail for another site, whole or its head first */
  mailBegin(input: BeginMail): BeginMailOutcome
  mailAppend(input: AppendMail): AppendMailOutcome
  /** The recipient has it; returns how many were there */
  mailAcknowledge(input: { recipient: SiteId, mail: NamedMail[] }): number
  /** Mail from and for a site that was revoked; at most `limit`, returns how many */
  mailDrop(input: { site: SiteId, limit: number }): number
  /** One step; true when there is more to forget */
  mailPurge(input: { now: number, limit: number }): boolean
  /** Own mail was left at a keeper */
  mailLeft(input: LeftMail): void
}

/** Read operations: they see only what is committed. */
export interface Reads {
  /**
   * Tasks that the app created or is a recipient of (to or from, not both needed),
   * unexpired, in order of arrival
   */
  listTasks(input: TaskFilter): StoredTask[]
  /** A page of an app's tasks, in order of arrival; work and answer are bounded, also where few match */
  pageTasks(input: PageTasks): Paged<StoredTask>
  pageResults(input: PageResults): Paged<StoredResult>
  /** Every task with this id, whoever created it, expired ones included until purged. `bare`: without the bytes that are in its row */
  findTasks(input: { id: string, bare?: boolean }): StoredTask[]
  listResults(input: ListResults): StoredResult[]
  getResult(input: { task: TaskKey, from: AppId }): StoredResult | undefined
  listDeliveries(input: { task: TaskKey, now: number }): RecipientDelivery[]
  /** Newest first: for the operator. `below`: only those that arrived before this place */
  recentTasks(input: RecentTasks): TaskSummary[]
  /** Envelopes that wait, queued and parked, oldest first: for the operator */
  listWaiting(input: { site?: SiteId, limit: number, now: number }): WaitingEnvelope[]

  /** Queued envelopes for a site after `after`, in order */
  listOutbox(input: { site: SiteId, after: number, limit: number, now: number }): OutboxItem[]
  /** Undefined when it is settled or gone */
  readOutbox(input: { envelopeId: Uint8Array }): OutboxContent | undefined
  /** Places of unexpired envelopes that a site confirmed and may have forgotten */
  listDelivered(input: { site: SiteId, after: number, limit: number, now: number }): number[]
  /** Sites for which envelopes are queued, with how many */
  outboxSites(input: { now: number }): Array<{ site: SiteId, count: number, bytes: number }>
  /** What was answered for this envelope, if it is known. Ids are chosen by their senders: name the site */
  findReceived(input: { envelopeId: Uint8Array, site?: SiteId }): { site: SiteId, hash: Uint8Array, outcome: number, reason: string } | undefined
  /** When the first lease or backoff ends, Unix ms */
  nextLeaseEnd(input: Record<string, never>): number | undefined
  readBlob(input: ReadBlob): Uint8Array
  /** One that was taken over has no `blob` */
  findUpload(input: NameUpload & { now: number }): Upload | undefined

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
  /** Sums for metrics: from indexes, no row is read */
  gauges(input: { self: SiteId, now: number }): StoreGauges
  countOpen(input: CountOpen): OpenCounts

  /** An app's events after a number, in order */
  listEvents(input: ListEvents): EventsPage
  auditHead(input: Record<string, never>): AuditHead
  /** Entries after a number, in order; at most `maxBytes`, but one entry at least */
  listAudit(input: { after: number, limit: number, maxBytes: number }): AuditRow[]
  /** Checkpoints from a number on, in order */
  listCheckpoints(input: { from: number, limit: number }): AuditCheckpoint[]

  /** What is kept for a site, whole ones only, in order of arrival */
  listMail(input: ListMail): MailItem[]
  /** Bytes of a ciphertext; undefined when it is not there for this recipient */
  readMail(input: ReadMail): Uint8Array | undefined
  /** Of all that is kept, or for one recipient */
  usedMail(input: { recipient?: SiteId }): MailUse
  /** Queued envelopes for a site that fewer than `copies` keepers have, in order */
  listUnmailed(input: ListUnmailed): UnmailedItem[]
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
  /** The file as a whole: checks, checkpoints, backup */
  readonly maintenance: Maintenance
  /** Runs `fn` in one transaction; rolled back when it throws */
  transaction<T> (fn: () => T): T
  /** For whom there is something new since the last call; ask after a commit */
  takeNews(): StoreNews | undefined
  close(): void
}

type Async<T> = {
  [K in keyof T]: T[K] extends (...input: infer I) => infer R ? (...input: I) => Promise<R> : never
}

/** What the rest of the daemon uses */
export interface Store extends Async<Transitions>, Async<Reads> {
  readonly incarnation: number
  /** Why nothing more is acknowledged: full or failed disk, for people; undefined when all is well */
  trouble(): { code: string, message: string } | undefined
  /** Told after each commit that brought events or audit entries; returns what ends it */
  onNews(listener: (news: StoreNews) => void): () => void
  /**
   * A consistent copy of the database in a new file, while work goes on. One at a time.
   *
   * @throws {ConflictError} when one is under way
   */
  backup(to: string, progress: (done: number, total: number) => void): Promise<void>
  close(): Promise<void>
}

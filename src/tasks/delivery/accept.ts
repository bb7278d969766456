import { CLOCK_SKEW } from '../../envelope/index.ts'
import { CANCEL, TASK } from '../../envelope/inner.ts'
import { resultsOf, taskId } from '../../events/index.ts'
import { announceTask } from '../create.ts'
import { localTo } from '../members.ts'
import { MAX_STEP_BACK } from '../steady-clock.ts'
import { RESULT_REMEMBERED } from './limits.ts'
import type { DeliveryContext } from './context.ts'
import type { Access, Operation } from '../../access/index.ts'
import type { Inner, LabelView } from '../../envelope/index.ts'
import type { EventBus } from '../../events/index.ts'
import type { ReceiveCancelOutcome, ReceiveOutcome, ReceiveResultOutcome, StoredBody, StoredResult, TaskFacts, WorkStatus } from '../../store/index.ts'
import type { Guard } from '../context.ts'
import type { OpenLimits } from '../open-limits.ts'

export interface AcceptContext extends DeliveryContext {
  events: EventBus
  access: Access
  guard: Guard
  limits: OpenLimits
  /** Longest body that is taken, bytes */
  maxBody: number
}

/** What is answered to an envelope; `duplicate` carries the answer of then */
export type Verdict =
  | { outcome: 'stored' | 'for-good' | 'for-now', reason: string, hash: Uint8Array }

/** Reasons of this stage, beside those of the envelope and the store. They travel in receipts. */
export const NOT_ALLOWED = 'not-allowed'
export const PAUSED = 'clock-paused'
export const CLOCKS_DIFFER = 'clocks-differ'
export const FULL = 'too-many-open'
export const BODY_TOO_LARGE = 'body-too-large'

/**
 * Policy and limits, before anything is stored. The operator's word beats whatever
 * the network says.
 */
export async function admit (context: AcceptContext, label: LabelView, inner: Inner): Promise<Verdict | undefined> {
  const { access, guard, limits, maxBody } = context
  const task = inner.kind === TASK
  const decision = access.authorize({ kind: 'site', id: label.from }, operationOf(inner.kind), { from: inner.from, recipients: inner.to })

  if (!decision.allowed) {
    return { outcome: 'for-good', reason: NOT_ALLOWED, hash: label.hash }
  }

  if (inner.bodySize > maxBody) {
    return { outcome: 'for-good', reason: BODY_TOO_LARGE, hash: label.hash }
  }

  if (guard.paused() != null) {
    return { outcome: 'for-now', reason: PAUSED, hash: label.hash }
  }

  if (task && !await limits.admits(label.from, inner.bodySize)) {
    return { outcome: 'for-now', reason: FULL, hash: label.hash }
  }
}

function operationOf (kind: number): Operation {
  switch (kind) {
    case TASK:
      return 'task.receive'
    case CANCEL:
      return 'task.cancel'
    default:
      return 'result.receive'
  }
}

/** Stores what was admitted; the answer may leave because the commit is on disk */
export async function accept (context: AcceptContext, label: LabelView, inner: Inner, body: StoredBody): Promise<Verdict> {
  const outcome = await carryOut(context, label, inner, body)

  if (outcome.kind === 'full') {
    return { outcome: 'for-now', reason: FULL, hash: label.hash }
  }

  if (outcome.kind === 'duplicate') {
    return { outcome: outcome.outcome === 0 ? 'stored' : 'for-good', reason: outcome.reason, hash: outcome.hash }
  }

  if (outcome.kind === 'refused') {
    return { outcome: 'for-good', reason: outcome.reason, hash: label.hash }
  }

  return { outcome: 'stored', reason: '', hash: label.hash }
}

async function carryOut (context: AcceptContext, label: LabelView, inner: Inner, body: StoredBody): Promise<ReceiveOutcome | ReceiveResultOutcome | ReceiveCancelOutcome> {
  switch (inner.kind) {
    case TASK:
      return acceptTask(context, label, inner, body)
    case CANCEL:
      return acceptCancel(context, label, inner)
    default:
      return acceptResult(context, label, inner, body)
  }
}

/** Repeats are recognised at least as long as the label could be accepted once more */
export function dedupUntil (label: LabelView): number {
  return label.expires + CLOCK_SKEW + MAX_STEP_BACK
}

/** A repeat of a result does no harm, it is older than itself: remembered only to save work */
function resultUntil (label: LabelView, now: number): number {
  return Math.min(dedupUntil(label), now + RESULT_REMEMBERED)
}

/** The creator's clock said when: the same instant by ours, as far as clocks may differ */
function localExpiry ({ links }: AcceptContext, label: LabelView, inner: Inner): number {
  return inner.expires - Math.round(Math.max(-CLOCK_SKEW, Math.min(CLOCK_SKEW, links.clockOffset(label.from))))
}

function factsOf (inner: Inner): TaskFacts {
  return {
    creator: inner.creator,
    id: inner.taskId,
    from: inner.from,
    to: inner.to,
    ttl: inner.ttl,
    failureStrategy: inner.failureStrategy,
    metadata: inner.metadata,
    created: inner.created,
    expires: inner.expires
  }
}

/** What the creator took back leaves this site's lists; who waits for its results here hears of it */
async function acceptCancel (context: AcceptContext, label: LabelView, inner: Inner): Promise<ReceiveCancelOutcome> {
  const { self, store, clock, events, limits } = context
  const now = clock.now()
  const task = { ...factsOf(inner), failureStrategy: '"discard"' }
  const outcome = await store.receiveCancel({
    envelopeId: label.id,
    envelopeHash: label.hash,
    task,
    localExpires: localExpiry(context, label, inner),
    self,
    now,
    dedupUntil: dedupUntil(label),
    room: await limits.admits(label.from, 0)
  })

  if (outcome.kind === 'cancelled') {
    events.emit(taskId(task.id), { kind: 'cancelled', task: { creator: task.creator, id: task.id }, from: task.from, to: task.to })
  }

  return outcome
}

async function acceptTask (context: AcceptContext, label: LabelView, inner: Inner, body: StoredBody): Promise<ReceiveOutcome> {
  const { self, network, store, clock } = context
  const now = clock.now()
  const localExpires = localExpiry(context, label, inner)

  if (localExpires <= now) {
    return { kind: 'refused', reason: 'expired' }
  }

  const task = factsOf(inner)
  const outcome = await store.receiveTask({
    envelopeId: label.id,
    envelopeHash: label.hash,
    task,
    body,
    localExpires,
    self,
    now,
    dedupUntil: dedupUntil(label)
  })

  if (outcome.kind === 'stored') {
    announceTask(context, { ...task, seq: outcome.seq, body, localExpires: Math.round(localExpires), envelopeHash: label.hash }, localTo(self, network, inner.to))
  }

  return outcome
}

async function acceptResult (context: AcceptContext, label: LabelView, inner: Inner, body: StoredBody): Promise<ReceiveResultOutcome> {
  const { store, clock, events } = context
  const now = clock.now()
  const facts = {
    task: { creator: inner.creator, id: inner.taskId },
    from: inner.from,
    to: inner.to,
    status: inner.status as WorkStatus,
    metadata: inner.metadata,
    body,
    incarnation: inner.incarnation,
    revision: inner.revision
  }
  const outcome = await store.receiveResult({
    ...facts,
    envelopeId: label.id,
    envelopeHash: label.hash,
    site: label.from,
    answers: inner.answers,
    now,
    dedupUntil: resultUntil(label, now)
  })

  if (outcome.kind === 'stored') {
    const result: StoredResult = { ...facts, body: outcome.body ?? body, seq: outcome.seq }
    events.emit(resultsOf(facts.task), { kind: 'result', result })
  }

  return outcome
}

import { InvalidInputError } from '../core/errors.ts'
import { resultsOf } from '../events/index.ts'
import { chooseTask } from '../store/choose-task.ts'
import { INLINE_BODY } from '../store/index.ts'
import { takeBody, usedBody } from './bodies/take-body.ts'
import { committed } from './body.ts'
import { MAX_RESULT_RECIPIENTS } from './limits.ts'
import { notMembers } from './members.ts'
import { checkTexts } from './texts.ts'
import type { TasksContext } from './context.ts'
import type { AnswerOutcome, NewResult } from './index.ts'
import type { OutboxItem, StoredResult, TaskKey } from '../store/index.ts'

/**
 * A local app answers a task that it is a recipient of. Preconditions: this daemon
 * accepts, the sites that the result names are members now, one task of that id names
 * the app. The result and what must be sent to the creator's site are one commit.
 *
 * @throws {UnavailableError} {@link InvalidInputError}
 */
export async function answer (context: TasksContext, result: NewResult): Promise<AnswerOutcome> {
  const { self, store, events, clock, random, couriers, guard, leases } = context
  guard.check()

  if (result.to.length > MAX_RESULT_RECIPIENTS) {
    throw new InvalidInputError('to', `must name at most ${MAX_RESULT_RECIPIENTS} recipients, not ${result.to.length}`)
  }

  checkTexts(result)
  const strangers = notMembers(context, result.to, 'to')

  if (strangers.length > 0) {
    return { kind: 'not-members', sites: strangers }
  }

  const known = await largeOne(context, result)

  if (known != null) {
    return known
  }

  const given = await takeBody(context, result)
  const facts = {
    from: result.from,
    to: result.to,
    status: result.status,
    metadata: result.metadata,
    body: given,
    incarnation: store.incarnation
  }
  const delivery = { envelopeId: random.bytes(16), seed: random.bytes(32) }
  const outcome = await store.answerTask({
    ...facts,
    id: result.taskId,
    self,
    delivery,
    lease: result.lease,
    token: result.token,
    now: clock.now()
  })

  if (outcome.kind === 'renewed') {
    return { kind: 'updated', token: outcome.token, until: outcome.until }
  }

  if (outcome.kind !== 'created' && outcome.kind !== 'updated') {
    if (outcome.kind === 'lease-lost') {
      context.log.info({ task: result.taskId, app: result.from, token: result.token, status: result.status }, 'an answer came with an old lease token: recorded, without effect')
    }

    return outcome
  }

  const { creator, id, from, expires, envelopeHash } = outcome.task
  const task: TaskKey = { creator, id }
  const stored: StoredResult = { ...facts, task, body: outcome.body ?? facts.body, seq: outcome.seq, revision: outcome.revision, status: outcome.status }

  if (creator === self) {
    events.emit(resultsOf(task), { kind: 'result', result: stored })
  } else {
    const { content, lent } = committed(stored, result.body, given)
    // its place in the outbox does not matter to whoever sends it at once
    const item: OutboxItem = { ...delivery, site: creator, seq: 0, kind: 'result', task, app: result.from, expires, size: facts.body.size }
    couriers.kick(creator, { item, result: { ...content, answers: envelopeHash, taskExpires: expires, taskFrom: from }, lent })
  }

  leases.expect(outcome.until ?? outcome.again)

  return { kind: outcome.kind, ...(outcome.token == null ? {} : { token: outcome.token, until: outcome.until }) }
}

/** An answer with 64 MiB that nobody wants, or that took over its upload before, is told so before anything is written */
async function largeOne (context: TasksContext, result: NewResult): Promise<AnswerOutcome | undefined> {
  const { store, clock } = context

  if (result.upload == null && result.body.length <= INLINE_BODY) {
    return
  }

  const choice = chooseTask(await store.findTasks({ id: result.taskId, bare: true }), result, clock.now())

  if (choice.kind !== 'chosen') {
    return choice
  }

  const { creator, id } = choice.task
  const used = await usedBody(context, result)

  if (used != null && await isThisAnswer(context, { creator, id }, result, used)) {
    return { kind: 'updated' }
  }
}

/** The first try of a PUT took its upload over, and its answer was lost */
async function isThisAnswer ({ store }: TasksContext, task: TaskKey, { from, to, status, metadata }: NewResult, sha256: Uint8Array): Promise<boolean> {
  const result = await store.getResult({ task, from })

  return result?.status === status && result.metadata === metadata && JSON.stringify(result.to) === JSON.stringify(to) && Buffer.compare(result.body.sha256, sha256) === 0
}

import { InvalidInputError } from '../core/errors.ts'
import { resultsOf } from '../events/index.ts'
import { takeBody, usedBody } from './bodies/take-body.ts'
import { committed } from './body.ts'
import { itemOf, newDelivery } from './create.ts'
import { MAX_RESULT_RECIPIENTS } from './limits.ts'
import { notMembers } from './members.ts'
import { checkTexts } from './texts.ts'
import type { TasksContext } from './context.ts'
import type { AnswerOutcome, NewResult } from './index.ts'
import type { StoredResult, StoredTask, TaskKey } from '../store/index.ts'

/**
 * A local app answers a task that it is a recipient of. Preconditions: this daemon
 * accepts, the sites that the result names are members now, one task of that id names
 * the app. The result and what must be sent to the creator's site are one commit.
 *
 * @throws {UnavailableError} {@link InvalidInputError}
 */
export async function answer (context: TasksContext, result: NewResult): Promise<AnswerOutcome> {
  const { self, store, events, clock, couriers, guard, leases } = context
  guard.check()

  if (result.to.length > MAX_RESULT_RECIPIENTS) {
    throw new InvalidInputError('to', `must name at most ${MAX_RESULT_RECIPIENTS} recipients, not ${result.to.length}`)
  }

  checkTexts(result)
  const strangers = notMembers(context, result.to, 'to')

  if (strangers.length > 0) {
    return { kind: 'not-members', sites: strangers }
  }

  const tasks = await store.findTasks({ id: result.taskId })
  const choice = choose(tasks, result, clock.now())

  if (choice.kind !== 'chosen') {
    return choice
  }

  const { creator, id } = choice.task
  const used = await usedBody(context, result)

  if (used != null && await isThisAnswer(context, { creator, id }, result, used)) {
    return { kind: 'updated' }
  }

  const given = await takeBody(context, result)
  const facts = {
    task: { creator, id },
    from: result.from,
    to: result.to,
    status: result.status,
    metadata: result.metadata,
    body: given,
    incarnation: store.incarnation
  }
  const delivery = creator === self ? undefined : newDelivery(context, creator)
  const outcome = await store.putResult({
    ...facts,
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
      context.log.info({ task: facts.task, app: result.from, token: result.token, status: result.status }, 'an answer came with an old lease token: recorded, without effect')
    }

    return outcome
  }

  const stored: StoredResult = { ...facts, body: outcome.body ?? facts.body, seq: outcome.seq, revision: outcome.revision, status: outcome.status }

  if (delivery == null) {
    events.emit(resultsOf(facts.task), { kind: 'result', result: stored })
  } else {
    const { expires, from, envelopeHash } = choice.task
    const { content, lent } = committed(stored, result.body, given)
    couriers.kick(creator, {
      item: { ...itemOf(delivery, 'result', choice.task, facts.body.size), app: result.from },
      result: { ...content, answers: envelopeHash, taskExpires: expires, taskFrom: from },
      lent
    })
  }

  leases.expect(outcome.until ?? outcome.again)

  return { kind: outcome.kind, ...(outcome.token == null ? {} : { token: outcome.token, until: outcome.until }) }
}

/** The first try of a PUT took its upload over, and its answer was lost */
async function isThisAnswer ({ store }: TasksContext, task: TaskKey, { from, to, status, metadata }: NewResult, sha256: Uint8Array): Promise<boolean> {
  const result = await store.getResult({ task, from })

  return result?.status === status && result.metadata === metadata && JSON.stringify(result.to) === JSON.stringify(to) && Buffer.compare(result.body.sha256, sha256) === 0
}

type Choice = { kind: 'chosen', task: StoredTask } | Extract<AnswerOutcome, { kind: 'unknown-task' | 'not-recipient' | 'ambiguous' | 'cancelled' }>

/**
 * Task ids are chosen by apps: two creators may have used the same. Then the
 * result's `to` decides; if it does not, nobody guesses.
 */
export function choose (tasks: StoredTask[], result: Pick<NewResult, 'from' | 'to'>, now: number): Choice {
  const known = tasks.filter(({ localExpires }) => localExpires > now)

  if (known.length === 0) {
    return { kind: 'unknown-task' }
  }

  const his = known.filter(({ to }) => to.includes(result.from))
  const candidates = his.filter(({ cancelled }) => cancelled == null)

  if (candidates.length === 0 && his.length > 0) {
    return { kind: 'cancelled' }
  }

  if (candidates.length === 0) {
    return { kind: 'not-recipient' }
  }

  if (candidates.length === 1) {
    return { kind: 'chosen', task: candidates[0] }
  }

  const named = candidates.filter(({ from }) => result.to.includes(from))

  if (named.length === 1) {
    return { kind: 'chosen', task: named[0] }
  }

  return { kind: 'ambiguous', creators: candidates.map(({ from }) => from) }
}

import { InvalidInputError, LimitError } from '../core/errors.ts'
import { taskId, tasksOf } from '../events/index.ts'
import { INLINE_BODY } from '../store/index.ts'
import { takeBody } from './bodies/take-body.ts'
import { committed } from './body.ts'
import { localTo, notMembers, remoteSites } from './members.ts'
import { checkTexts } from './texts.ts'
import type { TasksContext } from './context.ts'
import type { CreateOutcome, NewTask } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { NewDelivery, OutboxItem, StoredTask, TaskFacts } from '../store/index.ts'

/**
 * Preconditions: this daemon accepts, every recipient's site is a member now, the id
 * is not in use by an unexpired task of this site. The task and what must be sent are
 * one commit; sealing comes later, with the recipient's newest key.
 *
 * @throws {UnavailableError} {@link LimitError} {@link InvalidInputError}
 */
export async function create (context: TasksContext, task: NewTask): Promise<CreateOutcome> {
  const { self, network, store, events, config, clock, couriers, guard, limits } = context
  guard.check()

  if (task.to.length > config.tasks.maxRecipients) {
    throw new InvalidInputError('to', `must name at most ${config.tasks.maxRecipients} recipients, not ${task.to.length}`)
  }

  checkTexts(task)
  const strangers = notMembers(context, task.to, 'to')

  if (strangers.length > 0) {
    return { kind: 'not-members', sites: strangers }
  }

  if (await isLargeAndKnown(context, task)) {
    return { kind: 'exists' }
  }

  if (!await limits.admits(self, 0, task.from)) {
    throw new LimitError(`${task.from} has ${config.tasks.maxOpenPerApp} open tasks, the most that tasks.maxOpenPerApp allows`, 10)
  }

  const given = await takeBody(context, task)
  const now = clock.now()
  const facts: TaskFacts = {
    creator: self,
    id: task.id,
    from: task.from,
    to: task.to,
    ttl: task.ttl,
    failureStrategy: task.failureStrategy,
    metadata: task.metadata,
    created: now,
    expires: now + Math.min(task.ttlMs, config.tasks.maxTtl)
  }
  const deliveries = remoteSites(context, task.to).map((site) => newDelivery(context, site))
  const outcome = await store.createTask({
    task: facts,
    body: given,
    deliveries,
    self,
    now
  })

  if (outcome.kind === 'created') {
    const body = outcome.body ?? given
    const stored: StoredTask = { ...facts, seq: outcome.seq, body, localExpires: facts.expires }
    announceTask(context, stored, localTo(self, network, task.to))
    const { content, lent } = committed(stored, task.body, given)
    deliveries.forEach((delivery) => { couriers.kick(delivery.site, { item: itemOf(delivery, 'task', stored, body.size), task: content, ...(deliveries.length === 1 ? { lent } : {}) }) })
    events.emit(tasksOf(task.from), { kind: 'task', task: facts, seq: outcome.seq, from: facts.from, to: facts.to })
  }

  return { kind: outcome.kind }
}

export function newDelivery ({ random }: Pick<TasksContext, 'random'>, site: SiteId): NewDelivery {
  return { envelopeId: random.bytes(16), site, seed: random.bytes(32) }
}

/** The outbox row of what was committed just now; its place there does not matter to whoever sends it at once */
export function itemOf (delivery: NewDelivery, kind: OutboxItem['kind'], { creator, id, expires }: StoredTask, size: number): OutboxItem {
  return { ...delivery, seq: 0, kind, task: { creator, id }, expires, size }
}

/** Wakes the local recipients and whoever waits for this id */
export function announceTask ({ events }: Pick<TasksContext, 'events'>, task: StoredTask, recipients: Array<AppId | SiteId>): void {
  const event = { kind: 'task' as const, task: { creator: task.creator, id: task.id }, seq: task.seq, from: task.from, to: task.to, stored: task }

  // its creator is woken by the caller who knows that it is local, and once
  for (const app of new Set(recipients)) {
    if (app !== task.from) {
      events.emit(tasksOf(app), event)
    }
  }

  events.emit(taskId(task.id), event)
}

/** A repeated POST of a large task should not write 64 MiB, or look for a body that the first one took over, before it is told 409 */
async function isLargeAndKnown ({ self, store, clock }: TasksContext, task: NewTask): Promise<boolean> {
  if (task.upload == null && task.body.length <= INLINE_BODY) {
    return false
  }

  const known = await store.findTasks({ id: task.id })

  return known.some((other) => other.creator === self && other.localExpires > clock.now())
}

import { resultsOf, taskId } from '../events/index.ts'
import { newDelivery } from './create.ts'
import { remoteSites } from './members.ts'
import { concerns } from './views.ts'
import type { TasksContext } from './context.ts'
import type { CancelOutcome } from './index.ts'
import type { AppId } from '../core/ids.ts'

/** Who cancels: the app that created the task, or the operator of its site */
export type Canceller = AppId | 'operator'

/**
 * A task of this site is taken back. The word that goes to the other sites is durable
 * with it, and is sent, tried again and receipted like the task itself. To whom the task
 * is nothing it does not exist.
 *
 * @throws {UnavailableError} while nothing is accepted
 */
export async function cancel (context: TasksContext, by: Canceller, id: string): Promise<CancelOutcome> {
  const { self, store, events, clock, couriers, guard } = context
  guard.check()

  const tasks = (await store.findTasks({ id })).filter((task) => by === 'operator' || concerns(task, by))
  const task = tasks.find(({ creator, from }) => creator === self && (by === 'operator' || from === by))

  if (task == null) {
    return { kind: tasks.length > 0 ? 'not-creator' : 'not-found' }
  }

  const key = { creator: task.creator, id: task.id }
  const outcome = await store.cancelTask({
    task: key,
    deliveries: remoteSites(context, task.to).map((site) => newDelivery(context, site)),
    now: clock.now()
  })

  if (outcome.kind === 'unknown-task') {
    return { kind: 'not-found' }
  }

  if (outcome.kind === 'cancelled') {
    outcome.told.forEach((delivery) => { couriers.kick(delivery.site) })
    const event = { kind: 'cancelled' as const, task: key, from: task.from, to: task.to }
    events.emit(resultsOf(key), event)
    events.emit(taskId(id), event)
  }

  return { kind: outcome.kind }
}

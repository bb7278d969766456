import { tasksOf } from '../events/index.ts'
import { MAX_LIST } from './limits.ts'
import { inSteps } from './steps.ts'
import { bytesOfTasks, taskViews, withinAnswer } from './views.ts'
import { Hold, lastSeq, waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { ListFilter, TaskView, Wait } from './index.ts'
import type { Steps } from './steps.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { StoredTask } from '../store/index.ts'

/**
 * Everything that matches is returned, never just the number waited for. A task
 * that becomes to do again does not wake anybody, as in Beam: only new ones do.
 */
export async function list (context: TasksContext, app: AppId | SiteId, filter: ListFilter, wait: Wait): Promise<TaskView[]> {
  const { store, config, clock } = context
  const read = async (): Promise<Steps<StoredTask>> => {
    let left = MAX_LIST

    return inSteps(async (after, maxBytes) => {
      const tasks = await store.listTasks({ app, todo: filter.todo, as: filter.as, now: clock.now(), after, limit: left, maxBytes, bare: filter.bodies === 'none' })
      left -= tasks.length

      return tasks
    }, wait.room)
  }
  const answer = async ({ items, taken }: Pick<Steps<StoredTask>, 'items' | 'taken'>): Promise<TaskView[]> => {
    const answered = withinAnswer(items, filter.bodies)
    wait.room?.(bytesOfTasks(answered, app, filter.bodies) - taken)

    return taskViews(store, answered, app, filter.bodies)
  }

  if (!waits(wait)) {
    return answer(await read())
  }

  /** The one that an app waited for, which had nothing */
  let awaited: StoredTask | undefined
  let nothing = false
  const hold = new Hold(context, {
    key: tasksOf(app),
    wait,
    longest: config.api.maxWait,
    select: (event) => {
      // what is to do once more is news for who asks what is to do, and for nobody else
      if (event.kind !== 'task' || (event.again === true && !filter.todo) || !matches(event, app, filter)) {
        return
      }

      awaited ??= event.stored

      return event.seq
    }
  })

  /** What is there, when that is enough; else nothing of it is kept while this waits */
  const atOnce = async (count: number): Promise<TaskView[] | undefined> => {
    const present = await read()

    if (present.items.length >= count) {
      return answer(present)
    }

    nothing = present.items.length === 0
    hold.need(count - present.items.length, lastSeq(present.items))
    present.giveBack()
  }

  try {
    const enough = wait.count == null ? undefined : await atOnce(wait.count)

    if (enough != null) {
      return enough
    }

    await hold.ended

    if (wait.signal.aborted) {
      return []
    }

    // an idle worker's poll, the commonest of all: what woke it is all there is
    return await answer(nothing && wait.count === 1 && awaited != null ? { items: [awaited], taken: 0 } : await read())
  } finally {
    hold.close()
  }
}

function matches (task: { from: AppId, to: Array<AppId | SiteId> }, app: AppId | SiteId, { todo, as }: ListFilter): boolean {
  const recipient = task.to.includes(app)

  if (todo || as === 'recipient') {
    return recipient
  }

  return task.from === app || (as == null && recipient)
}

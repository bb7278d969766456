import { tasksOf } from '../events/index.ts'
import { MAX_LIST } from './limits.ts'
import { bytesOfAnswer, taskViews, withinAnswer } from './views.ts'
import { Hold, lastSeq, waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { ListFilter, TaskView, Wait } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { StoredTask } from '../store/index.ts'

/**
 * Everything that matches is returned, never just the number waited for. A task
 * that becomes to do again does not wake anybody, as in Beam: only new ones do.
 */
export async function list (context: TasksContext, app: AppId | SiteId, filter: ListFilter, wait: Wait): Promise<TaskView[]> {
  const { store, config, clock } = context
  const read = async (): Promise<StoredTask[]> => store.listTasks({ app, todo: filter.todo, as: filter.as, now: clock.now(), limit: MAX_LIST })

  if (!waits(wait)) {
    return views(context, app, await read(), filter, wait)
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

  try {
    if (wait.count != null) {
      const present = await read()

      if (present.length >= wait.count) {
        return await views(context, app, present, filter, wait)
      }

      nothing = present.length === 0
      hold.need(wait.count - present.length, lastSeq(present))
    }

    await hold.ended

    if (wait.signal.aborted) {
      return []
    }

    // an idle worker's poll, the commonest of all: what woke it is all there is
    return await views(context, app, nothing && wait.count === 1 && awaited != null ? [awaited] : await read(), filter, wait)
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

async function views ({ store }: TasksContext, app: AppId | SiteId, tasks: StoredTask[], { bodies }: ListFilter, { room }: Wait): Promise<TaskView[]> {
  const answered = withinAnswer(tasks, bodies)
  room?.(bytesOfAnswer(answered.filter(({ to }) => to.includes(app)), bodies))

  return taskViews(store, answered, app, bodies)
}

import { taskId } from '../events/index.ts'
import { bytesOfTasks, concerns, taskViews } from './views.ts'
import { Hold, lastSeq, waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { Tasks, Wait } from './index.ts'
import type { AppId } from '../core/ids.ts'
import type { StoredTask } from '../store/index.ts'

type Outcome = Awaited<ReturnType<Tasks['get']>>

/**
 * One task by its id, for its creator and its recipients; for others it does not
 * exist. Waits for one that is not there yet when told to.
 */
export async function get (context: TasksContext, app: AppId, id: string, wait: Wait): Promise<Outcome> {
  const visible = async (): Promise<StoredTask[]> => {
    const now = context.clock.now()

    return (await context.store.findTasks({ id })).filter((task) => concerns(task, app) && task.localExpires > now)
  }

  if (!waits(wait)) {
    return outcome(context, app, await visible(), wait)
  }

  const hold = new Hold(context, {
    key: taskId(id),
    wait: { count: 1, time: wait.time, signal: wait.signal },
    longest: context.config.api.maxWait,
    select: (event) => {
      // somebody else's task of the same id is none of this app's business, and neither is its cancel
      if ((event.kind !== 'task' && event.kind !== 'cancelled') || !concerns(event, app)) {
        return
      }

      // a cancel may come before the task itself
      return event.kind === 'cancelled' ? 'end' : event.seq
    }
  })

  try {
    const present = await visible()

    if (present.length > 0 || wait.count === 0) {
      return await outcome(context, app, present, wait)
    }

    hold.need(1, lastSeq(present))
    await hold.ended

    return wait.signal.aborted ? { kind: 'not-found' } : await outcome(context, app, await visible(), wait)
  } finally {
    hold.close()
  }
}

async function outcome ({ store }: TasksContext, app: AppId, visible: StoredTask[], { room }: Wait): Promise<Outcome> {
  const tasks = visible.filter(({ cancelled }) => cancelled == null)

  if (tasks.length === 0) {
    return { kind: visible.length > 0 ? 'cancelled' : 'not-found' }
  }

  if (tasks.length > 1) {
    return { kind: 'ambiguous', creators: tasks.map(({ from }) => from) }
  }

  room?.(bytesOfTasks(tasks, app))

  const [task] = await taskViews(store, tasks, app)

  // nothing but its end frees the body of a task
  if (task == null) {
    const [left] = (await store.findTasks({ id: tasks[0].id })).filter(({ creator }) => creator === tasks[0].creator)

    return { kind: left?.cancelled == null ? 'not-found' : 'cancelled' }
  }

  return { kind: 'found', task }
}

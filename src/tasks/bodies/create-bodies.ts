import { ownTask } from '../own.ts'
import { concerns } from '../views.ts'
import { bodySource } from './source.ts'
import { Uploads } from './uploads.ts'
import type { Bodies } from './index.ts'
import type { TasksContext } from '../context.ts'

export function createBodies (context: TasksContext): Bodies {
  const { store, clock, config } = context
  const uploads = new Uploads(context)

  return {
    maxBody: config.tasks.maxBody,
    begin: async (app, init) => uploads.begin(app, init),
    append: async (app, id, init, source) => uploads.append(app, id, init, source),
    find: async (app, id) => uploads.find(app, id),
    drop: async (app, id) => uploads.drop(app, id),

    async ofTask (app, id) {
      const now = clock.now()
      const tasks = (await store.findTasks({ id })).filter((task) => concerns(task, app) && task.localExpires > now)

      // a cancelled task has no body any more: what is left of it must not be taken for an empty one
      const alive = tasks.filter(({ cancelled }) => cancelled == null)

      if (alive.length > 1) {
        return { kind: 'ambiguous', creators: alive.map(({ from }) => from) }
      }

      if (alive.length === 0) {
        return { kind: tasks.length > 0 ? 'cancelled' : 'not-found' }
      }

      return alive[0].to.includes(app) ? { kind: 'found', body: bodySource(store, alive[0].body) } : { kind: 'not-recipient' }
    },

    async ofResult (app, id, from) {
      const own = await ownTask(context, app, id)

      if (own.kind !== 'found') {
        return own
      }

      const result = await store.getResult({ task: { creator: own.task.creator, id }, from })

      return result?.to.includes(app) === true ? { kind: 'found', body: bodySource(store, result.body) } : { kind: 'not-found' }
    }
  }
}

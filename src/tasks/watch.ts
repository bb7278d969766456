import { resultsOf } from '../events/index.ts'
import { EventQueue } from './event-queue.ts'
import { ownTask } from './own.ts'
import { counts } from './results.ts'
import { resultView, unlessFreed } from './views.ts'
import { waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { ResultEvent, Tasks, Wait } from './index.ts'
import type { AppId } from '../core/ids.ts'
import type { StoredResult, StoredTask, TaskKey } from '../store/index.ts'

/**
 * Results as they come. The queue listens before the backlog is read, so nothing
 * stored in between is lost; `seq` tells apart what was sent already. A stream that
 * was cut goes on after the last `seq` that the client saw.
 */
export async function watch (context: TasksContext, app: AppId, id: string, after: number, wait: Wait): ReturnType<Tasks['watch']> {
  const own = await ownTask(context, app, id)

  if (own.kind !== 'found') {
    return own
  }

  const key = { creator: own.task.creator, id: own.task.id }
  // made here and not in the generator: a limit that is met must be an answer, not a broken stream
  const queue = waits(wait)
    ? new EventQueue(context, { key: resultsOf(key), signal: wait.signal, time: wait.time ?? context.config.api.maxWait })
    : undefined

  return { kind: 'watching', events: stream(context, { app, task: own.task, key, after, wait, queue }) }
}

interface StreamInit {
  app: AppId
  task: StoredTask
  key: TaskKey
  after: number
  wait: Wait
  queue?: EventQueue
}

async function * stream (context: TasksContext, { app, task, key, after, wait, queue }: StreamInit): AsyncGenerator<ResultEvent> {
  const { store, clock } = context
  let last = after
  let left = wait.count ?? Infinity
  const backlog = async (): Promise<StoredResult[]> => (await store.listResults({ task: key }))
    .filter(({ to, seq }) => to.includes(app) && seq > last)
    .sort((a, b) => a.seq - b.seq)
  let ready = await backlog()

  try {
    while (left > 0) {
      for (const result of ready) {
        if (result.seq <= last || !result.to.includes(app)) {
          continue
        }

        last = result.seq
        const view = await resultView(store, result).catch(unlessFreed)

        // a newer version took its place, and comes next
        if (view == null) {
          continue
        }

        yield { kind: 'result', result: view }

        if (counts(result, app) && --left <= 0) {
          return
        }
      }

      if (queue == null) {
        return
      }

      if (task.cancelled != null || task.localExpires <= clock.now()) {
        yield { kind: 'task-expired' }
        return
      }

      const next = await queue.next()

      if (next.kind === 'result') {
        ready = [next.result]
      } else if (next.kind === 'overflow') {
        ready = await backlog()
      } else if (next.kind === 'keep-alive') {
        ready = []
        yield next
      } else if (next.kind === 'ended') {
        return
      } else {
        yield next
        return
      }
    }
  } finally {
    queue?.close()
  }
}

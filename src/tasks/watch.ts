import { resultsOf } from '../events/index.ts'
import { rowBytes } from '../store/row-bytes.ts'
import { EventQueue } from './event-queue.ts'
import { ownTask } from './own.ts'
import { counts } from './results.ts'
import { FIRST_STEP, NEXT_STEP } from './steps.ts'
import { bytesOfAnswer, resultView, unlessFreed } from './views.ts'
import { waits } from './wait.ts'
import type { TasksContext } from './context.ts'
import type { QueueItem } from './event-queue.ts'
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

/** What was sent last, and how many more are waited for */
interface Progress {
  last: number
  left: number
}

async function * stream (context: TasksContext, init: StreamInit): AsyncGenerator<ResultEvent> {
  const { task, wait, queue } = init
  const progress = { last: init.after, left: wait.count ?? Infinity }
  // first what is there already
  let next: QueueItem = { kind: 'overflow' }

  try {
    while (progress.left > 0) {
      if (next.kind === 'ended') {
        return
      }

      if (next.kind === 'wait-expired' || next.kind === 'task-expired') {
        yield next
        return
      }

      if (next.kind === 'result') {
        yield * told(context, init, progress, next.result)
      } else if (next.kind === 'overflow') {
        yield * backlog(context, init, progress)
      } else {
        yield next
      }

      if (queue == null || progress.left <= 0) {
        return
      }

      next = task.cancelled != null || task.localExpires <= context.clock.now() ? { kind: 'task-expired' } : await queue.next()
    }
  } finally {
    queue?.close()
  }
}

/** What is in the store, in steps; room is never held by who waits for more of it */
async function * backlog ({ store }: TasksContext, init: StreamInit, progress: Progress): AsyncGenerator<ResultEvent> {
  let after = progress.last
  let step = FIRST_STEP
  let more = true

  while (more && progress.left > 0) {
    const give = step === FIRST_STEP ? undefined : await init.wait.turn?.(step)
    let large: StoredResult | undefined

    try {
      const results = await store.listResults({ task: init.key, after, maxBytes: step })
      more = results.reduce((sum, result) => sum + rowBytes(result), 0) >= step
      step = NEXT_STEP

      for (const result of results) {
        after = result.seq

        if (result.body.inline == null) {
          large = result
          more = true
          break
        }

        yield * tell({ store }, init, progress, result)

        if (progress.left <= 0) {
          return
        }
      }
    } finally {
      give?.()
    }

    if (large != null) {
      yield * told({ store }, init, progress, large)
    }
  }
}

/** With room for its body of its own */
async function * told (components: Pick<TasksContext, 'store'>, init: StreamInit, progress: Progress, result: StoredResult): AsyncGenerator<ResultEvent> {
  const give = await init.wait.turn?.(bytesOfAnswer([result]))

  try {
    yield * tell(components, init, progress, result)
  } finally {
    give?.()
  }
}

async function * tell ({ store }: Pick<TasksContext, 'store'>, { app }: StreamInit, progress: Progress, result: StoredResult): AsyncGenerator<ResultEvent> {
  if (result.seq <= progress.last || !result.to.includes(app)) {
    return
  }

  progress.last = result.seq
  const view = await resultView(store, result).catch(unlessFreed)

  // else a newer version took its place, and comes next
  if (view != null) {
    yield { kind: 'result', result: view }

    if (counts(result, app)) {
      progress.left--
    }
  }
}

import { readBody } from './body.ts'
import { MAX_ANSWER_BYTES } from './limits.ts'
import type { ResultView, TaskView } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { Store, StoredBody, StoredResult, StoredTask, TaskFacts } from '../store/index.ts'

/** A task shows itself to its creator and its recipients */
export function concerns (task: Pick<TaskFacts, 'from' | 'to'>, app: AppId | SiteId): boolean {
  return task.from === app || task.to.includes(app)
}

/** A creator that is no recipient does not get its own body back, as in Beam */
export async function taskView (store: Store, task: StoredTask, app: AppId | SiteId): Promise<TaskView> {
  return {
    creator: task.creator,
    id: task.id,
    from: task.from,
    to: task.to,
    body: task.to.includes(app) ? await readBody(store, task.body) : undefined,
    ttl: task.ttl,
    failureStrategy: task.failureStrategy,
    metadata: task.metadata,
    expires: task.expires,
    seq: task.seq
  }
}

export async function resultView (store: Store, result: StoredResult): Promise<ResultView> {
  return {
    task: { creator: result.task.creator, id: result.task.id },
    from: result.from,
    to: result.to,
    status: result.status,
    metadata: result.metadata,
    body: await readBody(store, result.body),
    seq: result.seq
  }
}

/** As many of the first items as one answer may hold, at least one */
export function withinAnswer<T extends { body: StoredBody }> (items: T[]): T[] {
  let bytes = 0
  const end = items.findIndex((item, index) => {
    bytes += item.body.size

    return index > 0 && bytes > MAX_ANSWER_BYTES
  })

  return end === -1 ? items : items.slice(0, end)
}

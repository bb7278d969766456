import { isUtf8 } from 'node:buffer'
import { INLINE_BODY } from '../store/index.ts'
import { rowBytes } from '../store/row-bytes.ts'
import { readBytes } from './body.ts'
import { FreedError } from './errors.ts'
import { MAX_ANSWER_BYTES, MAX_TEXT_BODY } from './limits.ts'
import type { BodyRef, ResultView, TaskView } from './index.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { Store, StoredBody, StoredResult, StoredTask, TaskFacts } from '../store/index.ts'

/** A task shows itself to its creator and its recipients */
export function concerns (task: Pick<TaskFacts, 'from' | 'to'>, app: AppId | SiteId): boolean {
  return task.from === app || task.to.includes(app)
}

/** A creator that is no recipient does not get its own body back, as in Beam */
export async function taskView (store: Store, task: StoredTask, app: AppId | SiteId, bodies: BodiesAsked = 'all'): Promise<TaskView> {
  return {
    creator: task.creator,
    id: task.id,
    from: task.from,
    to: task.to,
    ...(task.to.includes(app) ? await bodyOf(store, task.body, bodies) : { body: undefined }),
    ttl: task.ttl,
    failureStrategy: task.failureStrategy,
    metadata: task.metadata,
    expires: task.expires,
    seq: task.seq
  }
}

/** Rows were read a moment ago: a task whose body is freed by now was taken back or is over, and is not shown */
export async function taskViews (store: Store, tasks: StoredTask[], app: AppId | SiteId, bodies?: BodiesAsked): Promise<TaskView[]> {
  const views = await Promise.all(tasks.map(async (task) => taskView(store, task, app, bodies).catch(unlessFreed)))

  return views.filter((view) => view != null)
}

/** A result whose body is freed by now has a newer version, which is shown in its place, or is over */
export async function resultViews (store: Store, results: StoredResult[], bodies?: BodiesAsked): Promise<ResultView[]> {
  const views = await Promise.all(results.map(async (result) => newestView(store, result, bodies)))

  return views.filter((view) => view != null)
}

async function newestView (store: Store, result: StoredResult, bodies?: BodiesAsked): Promise<ResultView | undefined> {
  const view = await resultView(store, result, bodies).catch(unlessFreed)

  if (view != null) {
    return view
  }

  const newer = await store.getResult({ task: result.task, from: result.from })

  return newer == null || newer.seq <= result.seq ? undefined : newestView(store, newer, bodies)
}

/** @throws anything but {@link FreedError} */
export function unlessFreed (err: Error): undefined {
  if (!(err instanceof FreedError)) {
    throw err
  }
}

export async function resultView (store: Store, result: StoredResult, bodies: BodiesAsked = 'all'): Promise<ResultView> {
  return {
    task: { creator: result.task.creator, id: result.task.id },
    from: result.from,
    to: result.to,
    status: result.status,
    metadata: result.metadata,
    ...await bodyOf(store, result.body, bodies),
    seq: result.seq
  }
}

export type BodiesAsked = 'all' | 'none'

/** JSON holds text, and not without end: the rest is told by size and hash */
async function bodyOf (store: Store, { size, sha256, ...at }: StoredBody, bodies: BodiesAsked): Promise<{ body: string, bodyBytes?: Uint8Array, bodyRef?: BodyRef }> {
  const ref = { body: '', bodyRef: { size, sha256 } }

  if (bodies === 'none' || size > MAX_TEXT_BODY) {
    return ref
  }

  const bytes = await readBytes(store, { size, sha256, ...at }).catch((err) => { throw err.code === 'STORE_MISUSE' ? new FreedError(err) : err })

  if (!isUtf8(bytes)) {
    return ref
  }

  return size > INLINE_BODY ? { body: '', bodyBytes: bytes } : { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') }
}

const NO_BODY: StoredBody = { size: 0, sha256: new Uint8Array(0) }

type Item = Pick<StoredTask | StoredResult, 'body' | 'metadata' | 'to'>

/** Bytes that an answer with these items holds: bodies as far as they are in it, metadata, recipients */
export function bytesOfAnswer (items: Item[], bodies: BodiesAsked = 'all'): number {
  return items.reduce((sum, item) => sum + bytesOf(item, bodies), 0)
}

/** The same for tasks: who created one and is no recipient does not get the body */
export function bytesOfTasks (tasks: StoredTask[], app: AppId | SiteId, bodies: BodiesAsked = 'all'): number {
  return tasks.reduce((sum, task) => sum + bytesOf(task, task.to.includes(app) ? bodies : 'none'), 0)
}

function bytesOf ({ body: { size }, metadata, to }: Item, bodies: BodiesAsked): number {
  return rowBytes({ body: NO_BODY, metadata, to }) + (bodies === 'none' || size > MAX_TEXT_BODY ? 0 : size)
}

/** As many of the first items as one answer may hold, at least one */
export function withinAnswer<T extends Item> (items: T[], bodies: BodiesAsked = 'all'): T[] {
  let bytes = 0
  const end = items.findIndex((item, index) => {
    bytes += bytesOf(item, bodies)

    return index > 0 && bytes > MAX_ANSWER_BYTES
  })

  return end === -1 ? items : items.slice(0, end)
}

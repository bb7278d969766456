import { rowBytes } from '../row-bytes.ts'
import { bared } from '../rows/body.ts'
import { toResult } from '../rows/result.ts'
import { toTask } from '../rows/task.ts'
import { RESULTS_IN_ORDER_SQL } from './results.ts'
import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { PageResults, PageTasks, Paged, StoredResult, StoredTask, TaskState } from '../index.ts'
import type { ResultRow } from '../rows/result.ts'
import type { TaskRow } from '../rows/task.ts'

/**
 * Tasks that are looked at for one page when only those of a state are wanted: then a
 * page may be short, or empty, and still not be the last
 */
export const PAGE_SCAN = 2_000

/** Answers of recipients that are looked at for it: a task may have a thousand */
export const PAGE_LOOKS = 20_000

/** From indexes alone, in order of arrival */
const part = (from: string): string => `SELECT seq FROM (${from} ORDER BY 1 LIMIT ?5)`
const OPEN = part('SELECT task AS seq FROM recipients WHERE recipient = ?1 AND todo = 1 AND task > ?2 AND task < ?3 AND local_expires > ?4')
const RECEIVED = part('SELECT task AS seq FROM recipients WHERE recipient = ?1 AND listed = 1 AND task > ?2 AND task < ?3 AND local_expires > ?4')
const CREATED = part('SELECT seq FROM tasks WHERE sender = ?1 AND expired = 0 AND cancelled IS NULL AND seq > ?2 AND seq < ?3 AND local_expires > ?4')

/** By what is asked; exported so that a test can look at the query plans */
export const PAGE_SQL = {
  open: OPEN,
  recipient: RECEIVED,
  creator: CREATED,
  both: `SELECT seq FROM (${CREATED} UNION ${RECEIVED}) ORDER BY 1 LIMIT ?5`
}

/**
 * A page of what an app created or is a recipient of: unexpired, in order of arrival.
 * `next` is where the following page begins, absent behind the last.
 */
export function pageTasks (ctx: Context, { app, as, state, after = 0, now, arrivedFrom, arrivedBefore, limit, ...bounds }: PageTasks): Paged<StoredTask> {
  const first = Math.max(after, arrivedFrom == null ? 0 : firstArrived(ctx, arrivedFrom) - 1)
  const end = arrivedBefore == null ? Number.MAX_SAFE_INTEGER : firstArrived(ctx, arrivedBefore)
  const open = state === 'open' && as === 'recipient'
  const scan = state == null || open ? limit : PAGE_SCAN
  const numbers = ctx.all<{ seq: number }>(PAGE_SQL[open ? 'open' : as ?? 'both'], app, first, end, now, scan)
  const page = new Page<StoredTask>(bounds)
  let looks = 0

  for (const { seq } of numbers) {
    const stands = state == null || open ? { state, looks: 0 } : standing(ctx, seq, app, as)
    looks += stands.looks

    if (stands.state === state && !page.add(toTask(ctx.get<TaskRow>('SELECT * FROM tasks WHERE seq = ?', seq) as TaskRow))) {
      return { items: page.items, next: page.last }
    }

    if (page.items.length === limit || looks > PAGE_LOOKS) {
      return { items: page.items, next: seq }
    }
  }

  return numbers.length === scan ? { items: page.items, next: numbers[scan - 1].seq } : { items: page.items }
}

/** A page of a task's results; a version that replaces another has a later place than it had */
export function pageResults (ctx: Context, { task, to, status, after = 0, arrivedFrom, arrivedBefore, limit, ...bounds }: PageResults): Paged<StoredResult> {
  const page = new Page<StoredResult>(bounds)

  for (const row of ctx.each<ResultRow & { arrived: number }>(RESULTS_IN_ORDER_SQL, task.id, task.creator, after)) {
    const result = toResult(row)

    if (!result.to.includes(to) || (status != null && result.status !== status) || row.arrived < (arrivedFrom ?? 0) || row.arrived >= (arrivedBefore ?? Infinity)) {
      continue
    }

    if (page.items.length === limit || !page.add(result)) {
      return { items: page.items, next: page.last }
    }
  }

  return { items: page.items }
}

type Bounds = Pick<PageTasks, 'maxBytes' | 'maxInline' | 'bare'>

/** Items until there are enough bytes of them, one always */
class Page<T extends StoredTask | StoredResult> {
  readonly items: T[] = []
  readonly #bounds: Bounds
  #bytes = 0
  #inline = 0

  constructor (bounds: Bounds) {
    this.#bounds = bounds
  }

  get last (): number | undefined {
    return this.items.at(-1)?.seq
  }

  /** False when it is for the next page */
  add (item: T): boolean {
    const { maxBytes, maxInline = Infinity, bare = false } = this.#bounds
    const added = bare ? bared(item) : item
    this.#bytes += bare || (item.body.inline == null && item.body.size > maxBytes) ? 0 : item.body.size
    this.#inline += rowBytes(added)

    if (this.items.length > 0 && (this.#bytes > maxBytes || this.#inline > maxInline)) {
      return false
    }

    this.items.push(added)

    return true
  }
}

/**
 * The first place of a task that arrived at this instant or later: places follow time,
 * so a few looks at the key find it among millions
 */
function firstArrived (ctx: Context, instant: number): number {
  const bounds = ctx.get<{ low: number | null, high: number | null }>('SELECT (SELECT min(seq) FROM tasks) AS low, (SELECT max(seq) FROM tasks) AS high')
  let low = bounds?.low ?? 0
  let high = (bounds?.high ?? 0) + 1

  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = ctx.get<{ seq: number, arrived: number }>('SELECT seq, arrived FROM tasks WHERE seq >= ? ORDER BY seq LIMIT 1', middle)

    if (row == null || row.arrived >= instant) {
      high = middle
    } else {
      low = row.seq + 1
    }
  }

  return low
}

/** Whether all recipients have answered for good; ends at the first that has not */
const ANSWERED_SQL = `SELECT (SELECT count(*) FROM recipients WHERE task = ?1) AS recipients, NOT EXISTS (
    SELECT 1 FROM recipients p WHERE p.task = ?1
      AND NOT EXISTS (SELECT 1 FROM results r WHERE r.task = ?1 AND r.sender = p.recipient AND r.status IN ('succeeded', 'permfailed'))
  ) AS answered`

/** For its creator: what all recipients did; for a recipient: what it did itself. `looks`: rows that were looked at for it */
function standing (ctx: Context, task: number, app: AppId | SiteId, as: PageTasks['as']): { state: TaskState, looks: number } {
  const mine = as === 'creator' || (as == null && ctx.get<{ sender: AppId }>('SELECT sender FROM tasks WHERE seq = ?', task)?.sender === app)

  if (!mine) {
    const status = ctx.get<{ status: string }>('SELECT status FROM results WHERE task = ? AND sender = ?', task, app)?.status

    return { state: status == null || status === 'tempfailed' ? 'open' : status === 'claimed' ? 'claimed' : 'answered', looks: 1 }
  }

  if (ctx.get('SELECT 1 FROM results WHERE task = ? LIMIT 1', task) == null) {
    return { state: 'open', looks: 1 }
  }

  const row = ctx.get<{ recipients: number, answered: number }>(ANSWERED_SQL, task)

  return { state: row?.answered === 1 ? 'answered' : 'claimed', looks: row?.recipients ?? 1 }
}

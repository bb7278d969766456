import { toResult } from '../rows/result.ts'
import { toTask } from '../rows/task.ts'
import { RESULTS_SQL } from './results.ts'
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
export function pageTasks (ctx: Context, { app, as, state, after = 0, now, arrivedFrom, arrivedBefore, limit, maxBytes }: PageTasks): Paged<StoredTask> {
  const first = Math.max(after, arrivedFrom == null ? 0 : firstArrived(ctx, arrivedFrom) - 1)
  const end = arrivedBefore == null ? Number.MAX_SAFE_INTEGER : firstArrived(ctx, arrivedBefore)
  const open = state === 'open' && as === 'recipient'
  const scan = state == null || open ? limit : PAGE_SCAN
  const numbers = ctx.all<{ seq: number }>(PAGE_SQL[open ? 'open' : as ?? 'both'], app, first, end, now, scan)
  const items: StoredTask[] = []
  let bytes = 0

  for (const { seq } of numbers) {
    if (state == null || open || stateOf(ctx, seq, app, as) === state) {
      const task = toTask(ctx.get<TaskRow>('SELECT * FROM tasks WHERE seq = ?', seq) as TaskRow)
      bytes += task.body.inline == null && task.body.size > maxBytes ? 0 : task.body.size

      if (items.length > 0 && bytes > maxBytes) {
        return { items, next: (items.at(-1) as StoredTask).seq }
      }

      items.push(task)

      if (items.length === limit) {
        return { items, next: seq }
      }
    }
  }

  return numbers.length === scan ? { items, next: numbers[scan - 1].seq } : { items }
}

/** A page of a task's results; a version that replaces another has a later place than it had */
export function pageResults (ctx: Context, { task, to, status, after = 0, arrivedFrom, arrivedBefore, limit, maxBytes }: PageResults): Paged<StoredResult> {
  const items: StoredResult[] = []
  let bytes = 0

  for (const row of ctx.all<ResultRow & { arrived: number }>(`${RESULTS_SQL} AND r.seq > ? ORDER BY r.seq`, task.id, task.creator, after)) {
    const result = toResult(row)

    if (!result.to.includes(to) || (status != null && result.status !== status) || row.arrived < (arrivedFrom ?? 0) || row.arrived >= (arrivedBefore ?? Infinity)) {
      continue
    }

    bytes += result.body.size > maxBytes ? 0 : result.body.size

    if (items.length === limit || (items.length > 0 && bytes > maxBytes)) {
      return { items, next: (items.at(-1) as StoredResult).seq }
    }

    items.push(result)
  }

  return { items }
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

/** For its creator: what all recipients did; for a recipient: what it did itself */
function stateOf (ctx: Context, task: number, app: AppId | SiteId, as: PageTasks['as']): TaskState {
  const row = ctx.get<{ sender: AppId, recipients: number, results: number, final: number | null, mine: string | null }>(`SELECT t.sender,
    (SELECT count(*) FROM recipients p WHERE p.task = t.seq) AS recipients,
    (SELECT count(*) FROM results r WHERE r.task = t.seq) AS results,
    (SELECT sum(r.status IN ('succeeded', 'permfailed')) FROM results r WHERE r.task = t.seq) AS final,
    (SELECT r.status FROM results r WHERE r.task = t.seq AND r.sender = ?2) AS mine
    FROM tasks t WHERE t.seq = ?1`, task, app)

  if (row == null) {
    return 'open'
  }

  if (as !== 'recipient' && row.sender === app) {
    return row.results === 0 ? 'open' : row.final === row.recipients ? 'answered' : 'claimed'
  }

  return row.mine == null || row.mine === 'tempfailed' ? 'open' : row.mine === 'claimed' ? 'claimed' : 'answered'
}

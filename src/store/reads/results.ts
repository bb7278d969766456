import { rowBytes } from '../row-bytes.ts'
import { bared } from '../rows/body.ts'
import { toResult } from '../rows/result.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { ListResults, StoredResult, TaskKey } from '../index.ts'
import type { ResultRow } from '../rows/result.ts'

export const RESULTS_SQL = `SELECT r.*, t.creator, t.id FROM tasks t JOIN results r ON r.task = t.seq
  WHERE t.id = ? AND t.creator = ?`

/** First the places, from indexes alone, which are sorted; then the rows one by one, for as long as they are wanted */
export const RESULTS_IN_ORDER_SQL = `SELECT r.*, ?2 AS creator, ?1 AS id FROM (
    SELECT x.seq FROM tasks t JOIN results x ON x.task = t.seq WHERE t.id = ?1 AND t.creator = ?2 AND x.seq > ?3 ORDER BY x.seq LIMIT -1
  ) AS n CROSS JOIN results r ON r.seq = n.seq`

export function listResults (ctx: Context, { task, after = 0, maxBytes = Infinity, bare = false }: ListResults): StoredResult[] {
  const results: StoredResult[] = []
  let bytes = 0

  for (const row of ctx.each<ResultRow>(RESULTS_IN_ORDER_SQL, task.id, task.creator, after)) {
    const result = bare ? bared(toResult(row)) : toResult(row)
    results.push(result)
    bytes += rowBytes(result)

    if (bytes >= maxBytes) {
      break
    }
  }

  return results
}

export function getResult (ctx: Context, { task, from }: { task: TaskKey, from: AppId }): StoredResult | undefined {
  const row = ctx.get<ResultRow>(`${RESULTS_SQL} AND r.sender = ?`, task.id, task.creator, from)

  return row == null ? undefined : toResult(row)
}

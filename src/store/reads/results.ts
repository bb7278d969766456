import { toResult } from '../rows/result.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { StoredResult, TaskKey } from '../index.ts'
import type { ResultRow } from '../rows/result.ts'

export const RESULTS_SQL = `SELECT r.*, t.creator, t.id FROM tasks t JOIN results r ON r.task = t.seq
  WHERE t.id = ? AND t.creator = ?`

export function listResults (ctx: Context, { task }: { task: TaskKey }): StoredResult[] {
  return ctx.all<ResultRow>(`${RESULTS_SQL} ORDER BY r.seq`, task.id, task.creator).map(toResult)
}

export function getResult (ctx: Context, { task, from }: { task: TaskKey, from: AppId }): StoredResult | undefined {
  const row = ctx.get<ResultRow>(`${RESULTS_SQL} AND r.sender = ?`, task.id, task.creator, from)

  return row == null ? undefined : toResult(row)
}

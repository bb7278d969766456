import { COUNTED_SQL } from '../rows/usage.ts'
import type { Context } from '../context.ts'
import type { CountOpen, OpenCounts } from '../index.ts'

/** The running sums, and those whose expiry is due but not carried out yet */
export const USAGE_SQL = 'SELECT coalesce(sum(tasks), 0) AS tasks, coalesce(sum(bytes), 0) AS bytes FROM usage WHERE creator = ?1 AND (?2 IS NULL OR sender = ?2)'
export const DUE_SQL = `SELECT count(*) AS tasks, coalesce(sum(${COUNTED_SQL}), 0) AS bytes FROM tasks
  WHERE expired = 0 AND local_expires <= ?3 AND creator = ?1 AND (?2 IS NULL OR sender = ?2)`

export function countOpen (ctx: Context, { creator, from, now }: CountOpen): OpenCounts {
  const all = ctx.get<OpenCounts>(USAGE_SQL, creator, from ?? null) as OpenCounts
  const due = ctx.get<OpenCounts>(DUE_SQL, creator, from ?? null, now) as OpenCounts

  return { tasks: all.tasks - due.tasks, bytes: all.bytes - due.bytes }
}

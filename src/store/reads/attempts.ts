import type { Context } from '../context.ts'

export const NEXT_ATTEMPT_SQL = 'SELECT min(next) AS next FROM attempts WHERE next IS NOT NULL'

/** When the first lease or backoff ends, Unix ms */
export function nextLeaseEnd (ctx: Context, _: Record<string, never>): number | undefined {
  return ctx.get<{ next: number | null }>(NEXT_ATTEMPT_SQL)?.next ?? undefined
}

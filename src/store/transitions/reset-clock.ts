import { CLOCK_KEY } from './touch-clock.ts'
import type { Context } from '../context.ts'

/**
 * The operator says that `now` is right and that what the clock showed before was
 * not: the mark goes back to it. No precondition. Returns the mark that was.
 */
export function resetClock (ctx: Context, { now }: { now: number }): number {
  const seen = Number(ctx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', CLOCK_KEY)?.value ?? 0)

  ctx.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', CLOCK_KEY, String(now))

  return seen
}

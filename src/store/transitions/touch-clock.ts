import type { Context } from '../context.ts'

/** Meta key of the highest wall clock seen, Unix ms */
export const CLOCK_KEY = 'clock'

/**
 * Precondition: `now` is higher than what is remembered, else nothing is written.
 * Returns the higher of the two.
 */
export function touchClock (ctx: Context, { now }: { now: number }): number {
  const seen = Number(ctx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', CLOCK_KEY)?.value ?? 0)

  if (now <= seen) {
    return seen
  }

  ctx.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', CLOCK_KEY, String(now))

  return now
}

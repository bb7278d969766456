import type { Random } from '../core/random.ts'

/** ms. @default 250 */
export const BACKOFF_FIRST = 250

/** ms. @default 30_000 */
export const BACKOFF_LAST = 30_000

/** Delay after the n-th failure in a row (1 is the first): doubles, with half of it left to chance */
export function backoff (failures: number, random: Pick<Random, 'float'>): number {
  const whole = Math.min(BACKOFF_FIRST * 2 ** Math.min(failures - 1, 20), BACKOFF_LAST)

  return whole / 2 + random.float() * whole / 2
}

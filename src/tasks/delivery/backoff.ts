import { RETRY_FIRST, RETRY_LONGEST } from './limits.ts'
import type { Random } from '../../core/random.ts'

/**
 * Pause before try number `attempt` (1 for the first repeat), ms: doubling, with
 * half of it by chance, so that many sites do not come back in step.
 */
export function backoff (attempt: number, random: Random): number {
  const whole = Math.min(RETRY_FIRST * 2 ** Math.min(attempt - 1, 30), RETRY_LONGEST)

  return whole / 2 + random.float() * whole / 2
}

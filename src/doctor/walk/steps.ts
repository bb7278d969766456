import type { Step } from './index.ts'
import type { Level } from '../index.ts'

export function ok (found: string): Step {
  return { outcome: 'ok', level: 'ok', found }
}

/** Works, and is worth a word */
export function noted (found: string, mend?: string): Step {
  return { outcome: 'ok', level: 'notice', found, ...(mend == null ? {} : { mend }) }
}

export function failed (found: string, mend: string, level: Level = 'error'): Step {
  return { outcome: 'failed', level, found, mend }
}

export function skipped (found: string): Step {
  return { outcome: 'skipped', level: 'ok', found }
}

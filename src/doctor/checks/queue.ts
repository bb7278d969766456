import type { Check } from '../index.ts'

/** Mail that waits longer than this is worth a look, ms. @default 1 h */
const LONG = 3_600_000

/** What waits for other sites, and for how long */
export const queue: Check = {
  name: 'outbox',
  run: async ({ facts, clock }) => {
    if (facts == null) {
      return [{ level: 'notice', found: 'not looked at: the store could not be read' }]
    }

    const { oldest, waiting } = facts

    if (oldest == null) {
      return [{ level: 'ok', found: 'nothing waits' }]
    }

    const age = clock.now() - oldest.since
    const count = waiting.reduce((sum, { count }) => sum + count, 0)
    const found = `${count} queued; the oldest, for ${oldest.site}, waits for ${duration(age)}${oldest.note == null ? '' : ` (${oldest.note})`}`

    return age > LONG
      ? [{ level: 'warning', found, mend: `"beam-node outbox list --site ${oldest.site}" tells more; it waits until its ttl` }]
      : [{ level: 'ok', found }]
  }
}

function duration (ms: number): string {
  const minutes = Math.floor(ms / 60_000)

  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}

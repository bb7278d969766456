import { span } from '../../span.ts'
import { noted, ok } from '../steps.ts'
import type { HopCheck, Step } from '../index.ts'

/** Mail that waits longer than this is worth a look, ms. @default 1 h */
const LONG = 3_600_000

const MIB = 1_048_576

/** What waits for the site, and why */
export const outbox: HopCheck = {
  name: 'outbox',
  run: async ({ letters, peer: { site }, patient: { clock } }): Promise<Step> => {
    if (letters.length === 0) {
      return ok('nothing waits for it')
    }

    const [oldest] = letters
    const age = clock.now() - oldest.since
    const bytes = letters.reduce((sum, { size }) => sum + size, 0)
    const found = `${letters.length}${letters.length >= MOST_LETTERS ? ' or more' : ''} waiting, ${(bytes / MIB).toFixed(1)} MiB; the oldest (${oldest.kind} ${oldest.task.id}) for ${span(age)}${oldest.note == null ? '' : `: ${oldest.note}`}`
    const mend = `"beam-node outbox list --site ${site}" shows each; it goes out by itself when there is a link, until its ttl`

    return age > LONG ? { outcome: 'ok', level: 'warning', found, mend } : noted(found, mend)
  }
}

/** What is asked for at most */
export const MOST_LETTERS = 1_000

import type { Clock } from '../core/clock.ts'
import type { Control } from '../protocols/control/control.ts'
import type { RosterSync } from '../protocols/sync/sync.ts'

/** The authority waits so long for its members before it appends, ms. @default 2_000 */
export const COMPARE_HEADS = 2_000

export interface HeadsComponents {
  sync: Pick<RosterSync, 'begin'>
  control: Pick<Control, 'links'>
  clock: Pick<Clock, 'setTimeout'>
}

/**
 * A roster sync with all linked members, before the authority appends: an authority
 * that was restored from an old copy learns what it signed before, and does not sign
 * a second successor. Who does not answer in time is not waited for. Resolves to how
 * many answered.
 */
export function headsComparison ({ sync, control, clock }: HeadsComponents): () => Promise<number> {
  return async () => {
    const late = Promise.withResolvers<void>()
    let answered = 0
    const timer = clock.setTimeout(late.resolve, COMPARE_HEADS)

    try {
      await Promise.race([
        late.promise,
        // one that fails tells nothing, and its link notices by itself
        Promise.allSettled(control.links().map(async ({ connection }) => {
          await sync.begin(connection)
          answered++
        }))
      ])

      return answered
    } finally {
      timer.cancel()
    }
  }
}

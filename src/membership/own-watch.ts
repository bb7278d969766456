import { notMemberBecause } from './own-standing.ts'
import type { Roster } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'

/** An admission that ends, or begins, is noticed this late, ms. @default 60_000 */
export const STANDING_CHECK = 60_000

export interface OwnWatchComponents {
  roster: Pick<Roster, 'member' | 'standing' | 'signerOf' | 'changed'>
  self: SiteId
  clock: Pick<Clock, 'setTimeout'>
  log: Log
}

/**
 * Says in the log when this site is no member, or is one again: at the start, as soon as
 * an entry says so, and when its time runs out. Returns what ends it.
 */
export function watchOwnStanding ({ roster, self, clock, log }: OwnWatchComponents): () => void {
  let timer: Timer | undefined
  let said = 'member'

  const look = (): void => {
    const standing = roster.standing(self)
    const outside = notMemberBecause(roster, self)

    if (standing !== said && outside != null) {
      log.error({ standing }, outside)
    } else if (standing !== said) {
      log.info({ standing }, 'this site is a member again')
    }

    said = standing
  }

  const unsubscribe = roster.changed.subscribe(({ sites }) => {
    if (sites.includes(self)) {
      look()
    }
  })

  const again = (): void => {
    look()
    timer = clock.setTimeout(again, STANDING_CHECK)
  }

  again()

  return () => {
    unsubscribe()
    timer?.cancel()
  }
}

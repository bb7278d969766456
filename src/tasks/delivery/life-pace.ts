import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/**
 * New lives of one site that are believed: so many at once, then after a pause of at least
 * so many ms that doubles each time up to the longest; after `calm` ms without any it is
 * as in the beginning. Each makes us send it again everything that it confirmed: who is
 * restored is served promptly, who claims to be every minute is served once an hour.
 *
 * @default 3, then after 1 min, 2, 4 … up to 1 h; forgotten after 1 d
 */
export const LIFE_RATE = { burst: 3, pause: 60_000, longest: 3_600_000, calm: 86_400_000 }

/** How soon the next life of a site may be believed */
export class LifePace {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** One entry for each member that ever had a new life */
  readonly #sites = new Map<SiteId, { believed: number, last: number }>()

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Takes the turn and returns 0, or says in how many ms it comes */
  take (site: SiteId): number {
    const now = this.#clock.monotonic()
    const { believed, last } = this.#sites.get(site) ?? { believed: 0, last: now }

    if (now - last >= LIFE_RATE.calm) {
      this.#sites.set(site, { believed: 1, last: now })

      return 0
    }

    const pause = believed < LIFE_RATE.burst ? 0 : Math.min(LIFE_RATE.longest, LIFE_RATE.pause * 2 ** (believed - LIFE_RATE.burst))
    const left = last + pause - now

    if (believed > 0 && left > 0) {
      return left
    }

    this.#sites.set(site, { believed: believed + 1, last: now })

    return 0
  }
}

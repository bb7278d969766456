import { PACE } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

interface Bucket {
  tokens: number
  /** Monotonic ms */
  at: number
}

/**
 * Holds a site to a pace once much of what it sends is worth nothing. Its frames are
 * called done late, so that its link is read more slowly and the pressure goes back to
 * it: what it sends costs nobody else more than `PACE.rate` frames a second. A site
 * that behaves never meets this.
 */
export class Pace {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimeout'>
  // sites are members, so there are never more than these
  readonly #buckets = new Map<SiteId, Bucket>()

  constructor (clock: Pick<Clock, 'monotonic' | 'setTimeout'>) {
    this.#clock = clock
  }

  /** Something of this site was refused before it had any effect, or was a repeat */
  wasted (site: SiteId, cost: number = 1): void {
    const bucket = this.#refilled(site) ?? { tokens: PACE.burst, at: this.#clock.monotonic() }

    bucket.tokens -= cost
    this.#buckets.set(site, bucket)
  }

  /** Calls `done` when the site has earned it */
  after (site: SiteId, done: () => void): void {
    const debt = -Math.min(this.#refilled(site)?.tokens ?? 0, 0)

    if (debt === 0) {
      done()
    } else {
      this.#clock.setTimeout(done, Math.min(debt / PACE.rate * 1_000, PACE.longest))
    }
  }

  /** Undefined for a site that owes nothing, which is nearly every one */
  #refilled (site: SiteId): Bucket | undefined {
    const bucket = this.#buckets.get(site)

    if (bucket == null) {
      return
    }

    const now = this.#clock.monotonic()

    bucket.tokens += (now - bucket.at) / 1_000 * PACE.rate
    bucket.at = now

    if (bucket.tokens >= PACE.burst) {
      this.#buckets.delete(site)
      return
    }

    return bucket
  }
}

import { BULK_IN_OVERALL, BULK_IN_PER_SITE, BULK_TURN } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

interface Place {
  site: SiteId
  /** Monotonic ms */
  since: number
  /** Ends the transfer: its sender begins where it was cut */
  cut(reason: Error): void
}

/**
 * Places for large envelopes that are coming in. A few sites that send slowly on purpose
 * could hold all of them for as long as they like: when none is free, whoever has had its
 * turn and holds more of them than the newcomer's site gives way.
 */
export class BulkPlaces {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** The oldest first */
  readonly #places = new Set<Place>()

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** What gives the place back; undefined when there is none */
  enter (site: SiteId, cut: (reason: Error) => void): (() => void) | undefined {
    const held = this.#heldBy(site)

    if (held >= BULK_IN_PER_SITE || (this.#places.size >= BULK_IN_OVERALL && !this.#makeRoom(held))) {
      return
    }

    const place = { site, since: this.#clock.monotonic(), cut }
    this.#places.add(place)

    return () => { this.#places.delete(place) }
  }

  #heldBy (site: SiteId): number {
    return [...this.#places].filter(place => place.site === site).length
  }

  /** `held`: places that the newcomer's site has already */
  #makeRoom (held: number): boolean {
    const now = this.#clock.monotonic()
    const [longest] = [...this.#places]
      .filter(({ site, since }) => now - since >= BULK_TURN && this.#heldBy(site) > held)
      .sort((a, b) => this.#heldBy(b.site) - this.#heldBy(a.site))

    if (longest == null) {
      return false
    }

    this.#places.delete(longest)
    longest.cut(new Error('others wait for a place: the transfer goes on later where it was cut'))

    return true
  }
}

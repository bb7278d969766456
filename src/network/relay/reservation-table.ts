import { MAX_RESERVATIONS_PER_SITE, RESERVATION_LIFE } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

interface Row {
  site: SiteId
  /** Monotonic ms */
  ends: number
}

/** Who may be reached through this relay */
export class ReservationTable {
  readonly #max: number
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #rows = new Map<string, Row>()

  constructor (max: number, clock: Pick<Clock, 'monotonic'>) {
    this.#max = max
    this.#clock = clock
  }

  get size (): number {
    this.#expire()

    return this.#rows.size
  }

  /** Makes or renews one; false when there is no room */
  add (peer: string, site: SiteId): boolean {
    this.#expire()

    if (!this.#rows.has(peer)) {
      const same = [...this.#rows.values()].filter(row => row.site === site).length

      if (this.#rows.size >= this.#max || same >= MAX_RESERVATIONS_PER_SITE) {
        return false
      }
    }

    this.#rows.set(peer, { site, ends: this.#clock.monotonic() + RESERVATION_LIFE })

    return true
  }

  has (peer: string): boolean {
    return (this.#rows.get(peer)?.ends ?? 0) > this.#clock.monotonic()
  }

  delete (peer: string): void {
    this.#rows.delete(peer)
  }

  clear (): void {
    this.#rows.clear()
  }

  #expire (): void {
    const now = this.#clock.monotonic()

    for (const [peer, { ends }] of this.#rows) {
      if (ends <= now) {
        this.#rows.delete(peer)
      }
    }
  }
}

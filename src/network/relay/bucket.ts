import { RATE_BURST } from './limits.ts'
import type { Clock } from '../../core/clock.ts'

/**
 * Bytes a second: what was taken is paid back by waiting. It may be overdrawn by one
 * message, since nobody knows how long the next one is before it is here.
 */
export class Bucket {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #rate: number
  #tokens: number
  #at: number

  /** `rate` 0 for no limit */
  constructor (clock: Pick<Clock, 'monotonic'>, rate: number) {
    this.#clock = clock
    this.#rate = rate
    this.#tokens = rate * RATE_BURST
    this.#at = clock.monotonic()
  }

  /** Takes so many bytes and tells how long to wait before more, ms */
  take (bytes: number): number {
    if (this.#rate === 0) {
      return 0
    }

    const now = this.#clock.monotonic()
    this.#tokens = Math.min(this.#tokens + (now - this.#at) / 1_000 * this.#rate, this.#rate * RATE_BURST) - bytes
    this.#at = now

    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#rate * 1_000
  }
}

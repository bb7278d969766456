import type { Clock } from '../core/clock.ts'

/** ms */
const EVERY = 10_000

/** Keys remembered at one time */
const MAX_KEYS = 256

/** One line for each key in ten seconds: what a peer can provoke must not fill the log */
export class LogLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #known = new Map<string, { at: number, more: number }>()

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** How many were kept back since the last line; undefined for one more that is */
  take (key: string): number | undefined {
    const known = this.#known.get(key)
    const now = this.#clock.monotonic()

    if (known != null && now - known.at < EVERY) {
      known.more++
      return
    }

    if (this.#known.size >= MAX_KEYS) {
      this.#known.clear()
    }

    this.#known.set(key, { at: now, more: 0 })

    return known?.more ?? 0
  }
}

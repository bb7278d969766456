import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'

/** A line in the log for each reason and site at most this often, ms */
const LOG_EVERY = 10_000

/** Pairs of site and reason that are remembered for it */
const MAX_KNOWN = 10_000

/** What was refused: counted each time, logged with the reason, without flooding the log */
export class Refusals {
  readonly counts = new Map<string, number>()
  readonly #clock: Clock
  readonly #log: Log
  readonly #known = new Map<string, { at: number, more: number }>()

  constructor (components: { clock: Clock, log: Log }) {
    this.#clock = components.clock
    this.#log = components.log
  }

  add (via: SiteId, reason: string, detail: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1)
    const key = `${via} ${reason}`
    const known = this.#known.get(key)
    const now = this.#clock.monotonic()

    if (known != null && now - known.at < LOG_EVERY) {
      known.more++
      return
    }

    if (this.#known.size >= MAX_KNOWN) {
      this.#known.clear()
    }

    this.#known.set(key, { at: now, more: 0 })
    this.#log.warn({ via, reason, detail, sinceLast: known?.more ?? 0 }, 'refused what a site sent')
  }
}

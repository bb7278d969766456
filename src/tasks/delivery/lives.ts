import { reoffer } from './reoffer.ts'
import type { DeliveryContext } from './context.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/**
 * A site is believed a new life at most this often, ms: each makes us send it again
 * everything that it confirmed
 *
 * @default 60_000
 */
const AT_MOST_EVERY = 60_000

/** Notices sites that were restored from a backup and offers them again what they may have forgotten */
export class Lives {
  readonly #context: DeliveryContext
  readonly #onQueued: (site: SiteId) => void
  readonly #last = new Map<SiteId, number>()
  readonly #later = new Map<SiteId, Timer>()
  #turn: Promise<void> = Promise.resolve()
  #running = false

  constructor (context: DeliveryContext, onQueued: (site: SiteId) => void) {
    this.#context = context
    this.#onQueued = onQueued
  }

  /** Links may be up already */
  start (): void {
    this.#running = true
    this.#context.links.up().forEach((site) => { this.heard(site) })
  }

  stop (): void {
    this.#running = false
    this.#later.forEach((timer) => { timer.cancel() })
    this.#later.clear()
  }

  /** A link came up: one site after the other */
  heard (site: SiteId): void {
    this.#turn = this.#turn.then(async () => this.#ask(site))
  }

  async #ask (site: SiteId): Promise<void> {
    const { clock, log } = this.#context
    const now = clock.monotonic()
    const wait = (this.#last.get(site) ?? -AT_MOST_EVERY) + AT_MOST_EVERY - now

    if (!this.#running) {
      return
    }

    if (wait > 0) {
      this.#again(site, wait)
      return
    }

    try {
      const { count, newLife } = await reoffer(this.#context, site)

      if (newLife) {
        this.#last.set(site, now)
      }

      if (count > 0) {
        this.#onQueued(site)
      }
    } catch (err) {
      log.error({ err, site }, 'what a restored site may have forgotten could not be queued again, trying again')
      this.#again(site, AT_MOST_EVERY)
    }
  }

  #again (site: SiteId, wait: number): void {
    this.#later.get(site)?.cancel()
    this.#later.set(site, this.#context.clock.setTimeout(() => {
      this.#later.delete(site)
      this.heard(site)
    }, wait))
  }
}

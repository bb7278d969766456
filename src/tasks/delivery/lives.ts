import { RateLimit } from '../../protocols/rate-limit.ts'
import { reoffer } from './reoffer.ts'
import type { DeliveryContext } from './context.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/**
 * New lives of one site that are believed, at once and over time: each makes us send it
 * again everything that it confirmed
 *
 * @default 3, then one a minute
 */
const LIFE_RATE = { burst: 3, rate: 1 / 60 }

/** Pause until one that came too soon is looked at again, ms */
const LATER = 60_000

/** Notices sites that were restored from a backup and offers them again what they may have forgotten */
export class Lives {
  readonly #context: DeliveryContext
  readonly #onQueued: (site: SiteId) => void
  readonly #rate: RateLimit
  readonly #later = new Map<SiteId, Timer>()
  #turn: Promise<void> = Promise.resolve()
  #running = false

  constructor (context: DeliveryContext, onQueued: (site: SiteId) => void) {
    this.#context = context
    this.#onQueued = onQueued
    this.#rate = new RateLimit(context.clock, LIFE_RATE)
  }

  /** Links may be up already */
  start (): void {
    this.#running = true
    this.#context.links.up().forEach((site) => { this.heard(site) })
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#later.forEach((timer) => { timer.cancel() })
    this.#later.clear()
    await this.#turn
  }

  /** A link came up: one site after the other */
  heard (site: SiteId): void {
    this.#turn = this.#turn.then(async () => this.#ask(site))
  }

  async #ask (site: SiteId): Promise<void> {
    if (!this.#running) {
      return
    }

    try {
      const { later, count } = await reoffer(this.#context, site, () => this.#rate.take(site))

      if (later) {
        this.#again(site)
      }

      if (count > 0) {
        this.#onQueued(site)
      }
    } catch (err) {
      this.#context.log.error({ err, site }, 'what a restored site may have forgotten could not be queued again, trying again')
      this.#again(site)
    }
  }

  #again (site: SiteId): void {
    this.#later.get(site)?.cancel()
    this.#later.set(site, this.#context.clock.setTimeout(() => {
      this.#later.delete(site)
      this.heard(site)
    }, LATER))
  }
}

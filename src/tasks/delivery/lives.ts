import { LifePace } from './life-pace.ts'
import { reoffer } from './reoffer.ts'
import type { DeliveryContext } from './context.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/** Pause until one that could not be served is looked at again, ms */
const LATER = 60_000

/** Notices sites that were restored from a backup and offers them again what they may have forgotten */
export class Lives {
  readonly #context: DeliveryContext
  readonly #onQueued: (site: SiteId) => void
  readonly #pace: LifePace
  readonly #later = new Map<SiteId, Timer>()
  #turn: Promise<void> = Promise.resolve()
  #running = false

  constructor (context: DeliveryContext, onQueued: (site: SiteId) => void) {
    this.#context = context
    this.#onQueued = onQueued
    this.#pace = new LifePace(context.clock)
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
      const { wait, count } = await reoffer(this.#context, site, () => this.#pace.take(site))

      if (wait > 0) {
        this.#again(site, wait)
      }

      if (count > 0) {
        this.#onQueued(site)
      }
    } catch (err) {
      this.#context.log.error({ err, site }, 'what a restored site may have forgotten could not be queued again, trying again')
      this.#again(site, LATER)
    }
  }

  #again (site: SiteId, ms: number): void {
    this.#later.get(site)?.cancel()
    this.#later.set(site, this.#context.clock.setTimeout(() => {
      this.#later.delete(site)
      this.heard(site)
    }, ms))
  }
}

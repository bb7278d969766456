import { resultsOf } from '../events/index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { EventBus } from '../events/index.ts'
import type { Store } from '../store/index.ts'

/** Pause between two looks, ms */
export const EXPIRY_INTERVAL = 500

/** Rows in one step: a commit of so many holds nobody up */
export const EXPIRY_STEP = 200

/** Tasks with all their results and bodies in one step */
export const PURGE_STEP = 20

export interface ExpiryComponents {
  store: Pick<Store, 'expireStep' | 'purgeStep'>
  events: EventBus
  clock: Clock
  log: Log
  /** Expired tasks are kept this long, ms */
  retention: number
  /** Whether the clock cannot be trusted: nothing expires by it then. @default it can */
  doubtful?(): boolean
}

/**
 * Marks what expired and removes what nobody may read any more, in small steps with
 * room between them for everybody else. Pollers of an expired task are woken.
 */
export class Expiry {
  readonly #components: ExpiryComponents
  #timer?: Timer
  #stopped = true
  #running: Promise<void> = Promise.resolve()

  constructor (components: ExpiryComponents) {
    this.#components = components
  }

  start (): void {
    this.#stopped = false
    this.#again()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#running
  }

  #again (): void {
    if (!this.#stopped) {
      this.#timer = this.#components.clock.setTimeout(() => { this.#running = this.#sweep() }, EXPIRY_INTERVAL)
    }
  }

  async #sweep (): Promise<void> {
    try {
      if (this.#components.doubtful?.() !== true) {
        await this.#expire()
        await this.#purge()
      }
    } catch (err) {
      this.#components.log.error({ err }, 'expired tasks could not be swept, trying again')
    }

    this.#again()
  }

  async #expire (): Promise<void> {
    const { store, events, clock } = this.#components
    let more = true

    while (more && !this.#stopped) {
      const step = await store.expireStep({ now: clock.now(), limit: EXPIRY_STEP })
      step.tasks.forEach((task) => { events.emit(resultsOf(task), { kind: 'expired', task }) })
      more = step.more
    }
  }

  async #purge (): Promise<void> {
    const { store, events, clock, retention } = this.#components
    let more = true

    while (more && !this.#stopped) {
      const now = clock.now()
      const step = await store.purgeStep({ before: now - retention, now, limit: PURGE_STEP })
      step.tasks.forEach((task) => { events.emit(resultsOf(task), { kind: 'purged', task }) })
      more = step.more
    }
  }
}

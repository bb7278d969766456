import { UnavailableError } from '../core/errors.ts'
import type { Guard } from './context.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { EventBus } from '../events/index.ts'
import type { Store } from '../store/index.ts'

/**
 * A wall clock that falls further behind than this pauses acceptance, ms. Time
 * services step by less.
 *
 * @default 60_000
 */
export const MAX_STEP_BACK = 60_000

/** How often the mark is written, ms */
export const MARK_INTERVAL = 5_000

export interface SteadyClockComponents {
  clock: Clock
  store: Pick<Store, 'touchClock' | 'resetClock'>
  events: Pick<EventBus, 'draining'>
  /** Why other sites show that this clock is wrong, for people. @default they never do */
  wrongClock?(): string | undefined
  log: Log
}

/**
 * The wall clock with a memory: it never shows an earlier instant than one it has
 * shown, not even across restarts, so that nothing that expired comes back to life.
 * While the clock below is far behind, or other sites show that it is wrong, this daemon
 * accepts nothing.
 */
export class SteadyClock implements Clock, Guard {
  readonly #components: SteadyClockComponents
  #high = 0
  #timer?: Timer
  #stopped = true
  #warned = false

  constructor (components: SteadyClockComponents) {
    this.#components = components
  }

  now (): number {
    this.#high = Math.max(this.#high, this.#components.clock.now())

    return this.#high
  }

  monotonic (): number {
    return this.#components.clock.monotonic()
  }

  setTimeout (fn: () => void, ms: number): Timer {
    return this.#components.clock.setTimeout(fn, ms)
  }

  /** Reads the mark of this store's last life */
  async start (): Promise<void> {
    this.#stopped = false
    await this.#mark()
  }

  stop (): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  paused (): string | undefined {
    const behind = this.now() - this.#components.clock.now()

    if (behind > MAX_STEP_BACK) {
      return `the clock of this machine is ${Math.round(behind / 1000)} s behind what it showed before: nothing is accepted until it is right again`
    }

    return this.#components.wrongClock?.()
  }

  /**
   * The operator says that the clock is right now and was wrong before. What had expired
   * by the wrong clock and is still here lives again, and a repeat of an envelope that was
   * forgotten by the wrong clock would be taken for new: only for a person to decide.
   *
   * @returns what the clock had shown, and what it shows now, Unix ms
   */
  async accept (): Promise<{ was: number, now: number }> {
    const { store, clock, log } = this.#components
    const now = clock.now()
    const was = Math.max(this.#high, await store.resetClock({ now }))
    this.#high = now
    this.#warned = false
    log.warn({ was, now }, 'the operator accepted the clock of this machine: time goes on from here')

    return { was, now }
  }

  check (): void {
    if (this.#components.events.draining) {
      throw new UnavailableError('this daemon is stopping: ask again when it is back')
    }

    const why = this.paused()

    if (why != null) {
      throw new UnavailableError(why)
    }
  }

  async #mark (): Promise<void> {
    const { store, clock, log } = this.#components

    try {
      this.#high = Math.max(this.#high, await store.touchClock({ now: clock.now() }))
    } catch (err) {
      log.error({ err }, 'the clock\'s mark could not be written')
    }

    const why = this.paused()

    if (why != null && !this.#warned) {
      log.error({ mark: this.#high, now: clock.now() }, why)
    } else if (why == null && this.#warned) {
      log.info({}, 'the clock is right again')
    }

    this.#warned = why != null

    if (!this.#stopped) {
      this.#timer = clock.setTimeout(() => { void this.#mark() }, MARK_INTERVAL)
    }
  }
}

import type { Clock } from '../../core/clock.ts'

/** The clock and the timers drifted apart by so much: this machine slept, ms */
const SLEPT = 10_000

/** Notices that this machine slept, or that its clock was set */
export class SleepWatch {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  /** How often it is looked, ms */
  readonly #every: number
  #wall: number
  #mono: number

  constructor (clock: Pick<Clock, 'now' | 'monotonic'>, every: number) {
    this.#clock = clock
    this.#every = every
    this.#wall = clock.now()
    this.#mono = clock.monotonic()
  }

  /** What was off since the last look, ms; undefined when nothing was */
  look (): { drift: number, late: number } | undefined {
    const wall = this.#clock.now()
    const mono = this.#clock.monotonic()
    const drift = Math.abs((wall - this.#wall) - (mono - this.#mono))
    const late = mono - this.#mono - this.#every
    this.#wall = wall
    this.#mono = mono

    return drift > SLEPT || late > SLEPT ? { drift, late } : undefined
  }
}

import { LEAST_PACE, MAX_CUTS } from './constants.ts'

/** Two cuts after nearly the same idleness are the proxy's doing, not chance */
const ALIKE = 0.15

/** Part of the idle time after which something is sent: the link looks for what is due every half interval */
const PART = 0.4

/**
 * Learns how long a tunnel may be idle. A proxy says that to nobody; it cuts. One cut may
 * be anything, the end of the other side too; two after the same idleness are a rule.
 */
export class IdleCuts {
  readonly #times: number[] = []
  #count = 0
  #shortest: number | undefined

  add (idle: number): void {
    this.#count++
    const other = this.#times.find(time => Math.abs(time - idle) <= ALIKE * Math.max(time, idle))

    if (other != null) {
      this.#shortest = Math.min(this.#shortest ?? Infinity, idle, other)
    }

    this.#times.push(idle)

    if (this.#times.length > MAX_CUTS) {
      this.#times.shift()
    }
  }

  get count (): number {
    return this.#count
  }

  /** ms */
  get shortest (): number | undefined {
    return this.#shortest
  }

  /** Something must be sent this often, ms */
  get pace (): number | undefined {
    return this.#shortest == null ? undefined : Math.max(Math.floor(this.#shortest * PART), LEAST_PACE)
  }
}

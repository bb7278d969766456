import type { Clock, Timer } from '../core/clock.ts'

/** New addresses are told after, together with what else comes, ms */
const SOON = 100

/**
 * Addresses that went are told after, ms: often they are back before anybody could have used the
 * news, and when a relay went, all its sites have better to do first than to tell all of it to all
 */
const LATE = 10_000

export interface PublisherComponents {
  clock: Pick<Clock, 'setTimeout'>
  publish(): void
}

/** When the own addresses are told to others: what comes is news at once, what goes may come back */
export class Publisher {
  readonly #components: PublisherComponents
  /** As others know them */
  #told: string[] = []
  #now: string[] = []
  #timer: Timer | undefined

  constructor (components: PublisherComponents) {
    this.#components = components
  }

  /** What is told, whatever else there is to tell: those there are, and those that went a moment ago */
  get addresses (): string[] {
    return [...new Set([...this.#now, ...this.#told])]
  }

  changed (addresses: string[]): void {
    const soon = addresses.some(address => !this.#told.includes(address))
    this.#now = addresses
    this.#timer?.cancel()
    this.#timer = this.#components.clock.setTimeout(() => {
      this.#told = this.#now
      this.#components.publish()
    }, soon ? SOON : LATE)
  }

  stop (): void {
    this.#timer?.cancel()
  }
}

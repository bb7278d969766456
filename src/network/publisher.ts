import type { Clock, Timer } from '../core/clock.ts'

/** New addresses are told after, together with what else comes, ms */
const SOON = 100

/** Addresses that went are told after, ms: often they are back before anybody could have used the news */
const LATE = 2_000

export interface PublisherComponents {
  clock: Pick<Clock, 'setTimeout'>
  publish(): void
}

/** When the own addresses are told to others: what comes is news at once, what goes may come back */
export class Publisher {
  readonly #components: PublisherComponents
  #before: string[] = []
  #timer: Timer | undefined

  constructor (components: PublisherComponents) {
    this.#components = components
  }

  changed (addresses: string[]): void {
    const soon = addresses.some(address => !this.#before.includes(address))
    this.#before = addresses
    this.#timer?.cancel()
    this.#timer = this.#components.clock.setTimeout(() => { this.#components.publish() }, soon ? SOON : LATE)
  }

  stop (): void {
    this.#timer?.cancel()
  }
}

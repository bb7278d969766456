import { networkInterfaces } from 'node:os'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

/** How often this machine's own addresses are looked at, ms: it costs a tenth of one. @default 1_000 */
const LOOK = 1_000

export interface MovesComponents {
  clock: Clock
  log: Log
  /** Tells others where this site is now, and asks its links whether they still live; `gone`: addresses that it has no more */
  moved(gone: string[]): void
  /** @default those of this machine's interfaces */
  addresses?(): string[]
}

/**
 * Notices that this machine was carried elsewhere. A connection from an address that is
 * gone looks healthy until somebody has waited long enough for an answer, and others dial
 * where this site was, so both are dealt with at once.
 */
export class Moves {
  readonly #components: MovesComponents
  #timer: Timer | undefined
  #known: string[] = []

  constructor (components: MovesComponents) {
    this.#components = components
  }

  start (): void {
    this.#known = this.#now()
    this.#again()
  }

  stop (): void {
    this.#timer?.cancel()
  }

  #again (): void {
    this.#timer = this.#components.clock.setTimeout(() => {
      const now = this.#now()

      const before = this.#known

      if (now.join() !== before.join()) {
        this.#components.log.info({ before, now }, 'this machine has other addresses')
        this.#known = now
        this.#components.moved(before.filter(address => !now.includes(address)))
      }

      this.#again()
    }, LOOK)
  }

  #now (): string[] {
    const { addresses = ownAddresses } = this.#components

    return addresses().sort()
  }
}

function ownAddresses (): string[] {
  return Object.values(networkInterfaces()).flatMap(list => list ?? []).filter(({ internal }) => !internal).map(({ address }) => address)
}

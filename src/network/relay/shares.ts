import { Bucket } from './bucket.ts'
import { MAX_CIRCUITS_PER_PAIR, PLENTY, SMALL_WINDOW, WINDOWS_HELD } from './limits.ts'
import type { RelayLimits } from './index.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/** One circuit's part of what there is */
export interface Share {
  /** Window of each of its streams, bytes */
  readonly window: number
  /** Takes bytes on the way and tells how long to wait before more, ms */
  take(bytes: number): number
  /** Gives it back; more than once is harmless */
  release(): void
}

interface Use {
  circuits: number
  memory: number
  readonly bucket: Bucket
}

/** Two streams, each with a direction of its own */
const WAYS = 2

/**
 * What circuits may use, overall and for each member, which is counted at either end.
 * Memory is spoken for when a circuit begins, as much as it can hold at worst, so that
 * it cannot run out later.
 */
export class Shares {
  readonly #limits: RelayLimits
  readonly #largeWindow: number
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #all: Use
  readonly #sites = new Map<SiteId, Use>()
  /** Circuits by both ends, whoever asked; only of those that have any */
  readonly #pairs = new Map<string, number>()

  constructor (limits: RelayLimits, largeWindow: number, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = limits
    this.#largeWindow = largeWindow
    this.#clock = clock
    this.#all = { circuits: 0, memory: 0, bucket: new Bucket(clock, limits.maxRate) }
  }

  get circuits (): number {
    return this.#all.circuits
  }

  /** Bytes spoken for */
  get memory (): number {
    return this.#all.memory
  }

  /** A share for a circuit between two sites; undefined when there is no room */
  take (from: SiteId, to: SiteId): Share | undefined {
    const pair = [from, to].sort().join(' ')

    if ((this.#pairs.get(pair) ?? 0) >= MAX_CIRCUITS_PER_PAIR) {
      return
    }

    const ends = [this.#use(from), this.#use(to)]
    const window = [this.#largeWindow, SMALL_WINDOW].find(size => this.#fits(ends, size * WINDOWS_HELD * WAYS, size === SMALL_WINDOW ? 1 : PLENTY))

    if (window == null) {
      this.#forget()
      return
    }

    const memory = window * WINDOWS_HELD * WAYS
    const uses = [this.#all, ...ends]
    this.#add(uses, 1, memory)
    this.#pair(pair, 1)
    let released = false

    return {
      window,
      take: (bytes) => Math.max(...uses.map(({ bucket }) => bucket.take(bytes))),
      release: () => {
        if (!released) {
          released = true
          this.#add(uses, -1, -memory)
          this.#pair(pair, -1)
          this.#forget()
        }
      }
    }
  }

  #fits (ends: Use[], memory: number, part: number): boolean {
    const { maxCircuits, maxCircuitsPerSite, maxMemory, maxMemoryPerSite } = this.#limits

    return this.#all.circuits < maxCircuits && this.#all.memory + memory <= maxMemory * part &&
      ends.every(use => use.circuits < maxCircuitsPerSite && use.memory + memory <= maxMemoryPerSite * part)
  }

  #add (uses: Use[], circuits: number, memory: number): void {
    for (const use of uses) {
      use.circuits += circuits
      use.memory += memory
    }
  }

  #pair (pair: string, circuits: 1 | -1): void {
    const count = (this.#pairs.get(pair) ?? 0) + circuits

    if (count === 0) {
      this.#pairs.delete(pair)
    } else {
      this.#pairs.set(pair, count)
    }
  }

  #use (site: SiteId): Use {
    let use = this.#sites.get(site)

    if (use == null) {
      use = { circuits: 0, memory: 0, bucket: new Bucket(this.#clock, this.#limits.maxRatePerSite) }
      this.#sites.set(site, use)
    }

    return use
  }

  /** Sites without circuits are not kept */
  #forget (): void {
    for (const [site, { circuits }] of this.#sites) {
      if (circuits === 0) {
        this.#sites.delete(site)
      }
    }
  }
}

import { BoundedMap } from '../core/bounded-map.ts'
import { KNOWN_FRESH, KNOWN_LIFE, MAX_KNOWN } from './limits.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'

interface Entry {
  sites: SiteId[]
  /** Monotonic ms of the search that found them */
  at: number
}

/**
 * Sites that said lately that they serve a capability. Whom to ask is all that is
 * remembered: each answer is still the site's own live word, so a worker that stopped
 * is never named from memory.
 */
export class Known {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #entries = new BoundedMap<string, Entry>(MAX_KNOWN)
  readonly #refreshing = new Set<string>()
  readonly #stopping = new AbortController()

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Undefined when nobody is known, or it is too long ago */
  sites (capability: string): SiteId[] | undefined {
    const entry = this.#entries.get(capability)

    return entry == null || this.#clock.monotonic() - entry.at > KNOWN_LIFE ? undefined : entry.sites
  }

  /** What a whole search found */
  found (capability: string, sites: SiteId[]): void {
    if (sites.length === 0) {
      this.#entries.delete(capability)
    } else {
      this.#entries.set(capability, { sites, at: this.#clock.monotonic() })
    }
  }

  forget (capability: string): void {
    this.#entries.delete(capability)
  }

  /** Searches again beside an answer from memory, each capability once at a time, so that newcomers are found */
  refresh (capability: string, search: (signal: AbortSignal) => Promise<unknown>): void {
    const entry = this.#entries.get(capability)

    if (entry == null || this.#clock.monotonic() - entry.at < KNOWN_FRESH || this.#refreshing.has(capability)) {
      return
    }

    this.#refreshing.add(capability)
    void search(this.#stopping.signal).finally(() => { this.#refreshing.delete(capability) })
  }

  stop (): void {
    this.#stopping.abort()
  }
}

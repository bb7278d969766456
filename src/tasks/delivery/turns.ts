import { CROWDED, CROWDED_FOR } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

interface Line {
  working: number
  waiting: Array<() => void>
}

/**
 * While several sites send, each has a few envelopes in work at a time and the rest of
 * its own wait: one that sends without end leaves the others their turn. A site
 * alone is not held.
 */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>
  // sites are members, and only those with something in work stand here
  readonly #lines = new Map<SiteId, Line>()
  /** Who sent last, and when anybody else did, monotonic ms */
  #last: { site: SiteId, at: number } | undefined
  #other = -Infinity

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Undefined when it is the site's turn at once */
  enter (site: SiteId): Promise<void> | undefined {
    this.#seen(site)
    const line = this.#lines.get(site) ?? { working: 0, waiting: [] }
    this.#lines.set(site, line)

    if (line.waiting.length === 0 && (line.working < CROWDED || !this.#crowded(site))) {
      line.working++
      return
    }

    return new Promise((resolve) => { line.waiting.push(resolve) })
  }

  leave (site: SiteId): void {
    const line = this.#lines.get(site)

    if (line == null) {
      return
    }

    line.working--

    while (line.waiting.length > 0 && (line.working < CROWDED || !this.#crowded(site))) {
      line.working++
      line.waiting.shift()?.()
    }

    if (line.working === 0) {
      this.#lines.delete(site)
    }
  }

  #seen (site: SiteId): void {
    if (this.#last != null && this.#last.site !== site) {
      this.#other = this.#last.at
    }

    this.#last = { site, at: this.#clock.monotonic() }
  }

  #crowded (site: SiteId): boolean {
    const other = this.#last == null || this.#last.site === site ? this.#other : this.#last.at

    return this.#clock.monotonic() - other < CROWDED_FOR
  }
}

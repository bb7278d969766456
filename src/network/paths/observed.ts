import { isLoopback } from '../reach.ts'
import type { SiteId } from '../../core/ids.ts'

/** Sites that must have seen the same, so that no single one can make this site announce something */
const WITNESSES = 2

/** Addresses kept */
const MAX_OBSERVED = 4

/**
 * From where others see this site come. With the ports it listens on these are addresses
 * at which it may be reached although it does not know: behind a router that passes the
 * port on unchanged.
 */
export class Observed {
  /** Listeners of this site, as they are bound */
  readonly #listeners: () => string[]
  readonly #seen = new Map<string, Set<SiteId>>()

  constructor (listeners: () => string[]) {
    this.#listeners = listeners
  }

  /** A site says from which address our connection to it came; true when that makes a new address */
  add (site: SiteId, address: string): boolean {
    const host = /^\/(?:ip4|ip6)\/[^/]+/.exec(address)?.[0]

    if (host == null || isLoopback(`${host}/`)) {
      return false
    }

    const witnesses = this.#seen.get(host) ?? new Set()
    const known = witnesses.size
    witnesses.add(site)
    this.#seen.delete(host)

    if (this.#seen.size >= MAX_OBSERVED) {
      this.#forget()
    }

    this.#seen.set(host, witnesses)

    return known < WITNESSES && witnesses.size >= WITNESSES
  }

  /** What the fewest saw, and of those what was not seen for longest: a single site pushes nothing out but what it made up itself */
  #forget (): void {
    const [least] = [...this.#seen].sort(([, a], [, b]) => Math.min(a.size, WITNESSES) - Math.min(b.size, WITNESSES))
    this.#seen.delete(least[0])
  }

  get addresses (): string[] {
    const ports = new Set(this.#listeners().flatMap(address => /\/tcp\/\d+(?:\/(?:ws|wss|tls\/ws))?/.exec(address)?.[0] ?? []))

    return [...this.#seen].filter(([, witnesses]) => witnesses.size >= WITNESSES).flatMap(([host]) => [...ports].map(port => host + port))
  }
}

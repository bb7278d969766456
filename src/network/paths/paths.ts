import { BoundedMap } from '../../core/bounded-map.ts'
import { isRelayed, relayOf } from './path.ts'
import { whyNot } from './why.ts'
import type { PathChange, PathChanges, PathFacts, WhyNotDirect } from './index.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/** Changes kept for one site */
export const MAX_CHANGES = 16

/** Sites whose paths are remembered */
export const MAX_SITES = 4_096

export interface PathsComponents {
  records: { siteOfPeer(peer: string): SiteId | undefined }
  clock: Pick<Clock, 'now'>
}

/** How each site was reached lately, and why not directly */
export class Paths {
  readonly #components: PathsComponents
  readonly #history = new BoundedMap<SiteId, PathChange[]>(MAX_SITES)
  readonly #why = new BoundedMap<SiteId, WhyNotDirect>(MAX_SITES)
  readonly #changes: PathChanges = { to_direct: 0, to_relay: 0, other_relay: 0 }

  constructor (components: PathsComponents) {
    this.#components = components
  }

  /** A link to the site uses this address */
  used (site: SiteId, address: string): void {
    if (!isRelayed(address)) {
      this.#why.delete(site)
      this.#add(site, { path: 'direct' })
      return
    }

    const relay = /\/p2p\/([^/]+)\/p2p-circuit/.exec(address)?.[1] ?? relayOf(address)
    this.#add(site, { path: 'relay', ...(relay == null ? {} : { via: this.#components.records.siteOfPeer(relay) ?? relay }) })
  }

  lost (site: SiteId): void {
    this.#add(site, { path: 'none' })
  }

  failed (site: SiteId, error: unknown): void {
    this.#why.set(site, whyNot(error, this.#components.clock.now()))
  }

  get changes (): PathChanges {
    return { ...this.#changes }
  }

  /** A direct attempt is worth waiting for a moment: none failed since the last that worked */
  hopeful (site: SiteId): boolean {
    return this.#why.get(site) == null
  }

  facts (site: SiteId, { direct, addresses }: { direct: boolean, addresses: boolean }): PathFacts {
    const history = [...this.#history.get(site) ?? []]

    if (direct) {
      return { history }
    }

    const why = this.#why.get(site)

    return { history, whyNotDirect: addresses ? why ?? { reason: 'not tried' } : { reason: 'no address', ...(why?.at == null ? {} : { at: why.at }) } }
  }

  #add (site: SiteId, change: Omit<PathChange, 'at'>): void {
    const changes = this.#history.get(site) ?? []
    const last = changes.at(-1)

    if (last?.path !== change.path || last.via !== change.via) {
      this.#count(changes.findLast(({ path }) => path !== 'none'), change)
      this.#history.set(site, [...changes, { at: this.#components.clock.now(), ...change }].slice(-MAX_CHANGES))
    }
  }

  #count (before: PathChange | undefined, now: Omit<PathChange, 'at'>): void {
    if (before == null || now.path === 'none') {
      return
    }

    if (before.path !== now.path) {
      this.#changes[now.path === 'direct' ? 'to_direct' : 'to_relay']++
    } else if (before.via !== now.via) {
      this.#changes.other_relay++
    }
  }
}

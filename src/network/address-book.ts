import { BoundedMap } from '../core/bounded-map.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Store } from '../store/index.ts'

/** Addresses kept for one site */
const MAX_PER_SITE = 4

/** Sites of which it is known what they announced last */
const MAX_ANNOUNCED = 4_096

export interface AddressBookComponents {
  store: Pick<Store, 'listAddresses' | 'putAddress'>
  clock: Pick<Clock, 'now'>
  log: Log
}

/** Addresses at which sites were reached, on disk: two sites find each other again without any help */
export class AddressBook {
  readonly #components: AddressBookComponents
  /** The last good one first */
  readonly #addresses = new Map<SiteId, string[]>()
  readonly #announced = new BoundedMap<SiteId, string>(MAX_ANNOUNCED)
  /** The site announces others since */
  readonly #left = new Map<SiteId, string[]>()

  constructor (components: AddressBookComponents) {
    this.#components = components
  }

  async load (): Promise<void> {
    const rows = await this.#components.store.listAddresses({})

    for (const { site, address } of rows.sort((a, b) => b.lastGood - a.lastGood)) {
      this.#keep(site, [...this.#all(site), address])
    }
  }

  /** But for those that it left */
  of (site: SiteId): string[] {
    return this.#all(site).filter(address => !this.left(site).includes(address))
  }

  /** Where it was reached before it announced others: to be tried last, since nobody answers where a site is no more */
  left (site: SiteId): string[] {
    return this.#left.get(site) ?? []
  }

  /** What a site says of itself; true when it named other addresses before */
  announced (site: SiteId, addresses: string[]): boolean {
    const before = this.#announced.get(site)
    const now = [...addresses].sort().join(' ')
    this.#announced.set(site, now)

    if (before == null || before === now) {
      return false
    }

    this.#leave(site, this.#all(site).filter(address => !names(addresses, address)))

    return true
  }

  good (site: SiteId, address: string): void {
    const { store, clock, log } = this.#components
    this.#leave(site, this.left(site).filter(other => other !== address))
    this.#keep(site, [address, ...this.#all(site).filter(other => other !== address)])
    store.putAddress({ site, address, lastGood: clock.now() })
      .catch((error: Error) => { log.warn({ site, error: error.message }, 'a good address could not be kept') })
  }

  #all (site: SiteId): string[] {
    return this.#addresses.get(site) ?? []
  }

  #leave (site: SiteId, addresses: string[]): void {
    if (addresses.length > 0) {
      this.#left.set(site, addresses)
    } else {
      this.#left.delete(site)
    }
  }

  #keep (site: SiteId, addresses: string[]): void {
    this.#addresses.set(site, addresses.slice(0, MAX_PER_SITE))
  }
}

/** Whether one of these is that address, with or without the peer at its end */
export function names (addresses: string[], address: string): boolean {
  const bare = withoutPeer(address)

  return addresses.some(other => withoutPeer(other) === bare)
}

function withoutPeer (address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

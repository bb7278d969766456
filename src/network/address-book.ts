import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Store } from '../store/index.ts'

/** Addresses kept for one site */
const MAX_PER_SITE = 4

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

  constructor (components: AddressBookComponents) {
    this.#components = components
  }

  async load (): Promise<void> {
    const rows = await this.#components.store.listAddresses({})

    for (const { site, address } of rows.sort((a, b) => b.lastGood - a.lastGood)) {
      this.#keep(site, [...this.of(site), address])
    }
  }

  of (site: SiteId): string[] {
    return this.#addresses.get(site) ?? []
  }

  good (site: SiteId, address: string): void {
    const { store, clock, log } = this.#components
    this.#keep(site, [address, ...this.of(site).filter(other => other !== address)])
    store.putAddress({ site, address, lastGood: clock.now() })
      .catch((error: Error) => { log.warn({ site, error: error.message }, 'a good address could not be kept') })
  }

  #keep (site: SiteId, addresses: string[]): void {
    this.#addresses.set(site, addresses.slice(0, MAX_PER_SITE))
  }
}

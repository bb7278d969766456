import { dialable, withPeer } from './addresses.ts'
import { Observed } from './paths/observed.ts'
import { isRelayed } from './paths/path.ts'
import type { Node } from './libp2p.ts'
import type { Reach } from './reach.ts'
import type { Config } from '../config/index.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { Connection } from '@libp2p/interface'

export interface OwnRecordComponents {
  node: Pick<Node, 'getMultiaddrs' | 'services'>
  peerId: string
  config: Pick<Config, 'network'>
  reach: Reach
  records: Pick<SiteRecords, 'publish' | 'siteOfPeer'>
  directory: { renew(): void }
  /** Own addresses through relays */
  relayed(): string[]
  /** Those that went a moment ago, too, of which nobody is told yet */
  told(): string[]
  mailboxes: SiteId[]
  log: Log
}

/** Where this site is, as its record and the DHT tell the others */
export class OwnRecord {
  readonly #components: OwnRecordComponents
  readonly #observed: Observed
  /** It listens, and does not know whether anybody can dial that */
  readonly #guessing: boolean
  #running = false
  #published = ''

  constructor (components: OwnRecordComponents) {
    const { node, reach, config: { network } } = components
    this.#components = components
    this.#observed = new Observed(() => node.services.listeners.bound())
    this.#guessing = !reach.reachable && network.listen.length > 0 && network.announce.length === 0
  }

  start (): void {
    this.#running = true
    this.publish()
  }

  /** While a node stops its listeners go one by one, which is not news for the others */
  stop (): void {
    this.#running = false
  }

  addresses (): string[] {
    return this.#with(this.#components.relayed())
  }

  publish (): void {
    if (!this.#running) {
      return
    }

    const { peerId, records, told, mailboxes, directory, log } = this.#components

    const addresses = this.#with(told())
    const before = this.#published
    this.#published = [...addresses].sort().join()

    records.publish({ peers: [peerId], addresses, mailboxes })
      .catch((error: Error) => { log.error({ error: error.message }, 'the own site record could not be renewed') })

    // who keeps names keeps the addresses too
    if (this.#published !== before) {
      directory.renew()
    }
  }

  #with (relayed: string[]): string[] {
    const { node, peerId } = this.#components
    const guessed = this.#guessing ? this.#observed.addresses.map(address => withPeer(address, peerId)) : []

    return dialable([...node.getMultiaddrs().map(String), ...guessed, ...relayed])
  }

  /** A member said from which address our connection to it came */
  noteObserved (connection: Connection, address: string): void {
    const site = this.#components.records.siteOfPeer(connection.remotePeer.toString())

    if (this.#guessing && site != null && connection.direction === 'outbound' && !isRelayed(address) && this.#observed.add(site, address)) {
      this.publish()
    }
  }
}

import { peerIdFromString } from '@libp2p/peer-id'
import { withPeer } from './addresses.ts'
import type { AddressBook } from './address-book.ts'
import type { Node } from './libp2p.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Membership } from '../membership/index.ts'

/** For asking the DHT for a member's addresses, ms */
const LOOKUP_TIMEOUT = 5_000

/** Addresses tried in one attempt */
const MAX_ADDRESSES = 24

export interface WhereaboutsComponents {
  node: Pick<Node, 'peerId' | 'peerRouting' | 'services'>
  membership: Pick<Membership, 'records'>
  book: AddressBook
  log: Log
}

/** Where a daemon of a site may be */
export class Whereabouts {
  readonly #components: WhereaboutsComponents

  constructor (components: WhereaboutsComponents) {
    this.#components = components
  }

  /**
   * What worked before, then what the site says itself, what it left, else what the DHT
   * says; `ask`: the DHT, too, though something is known. Never throws
   */
  async of (site: SiteId, peer: string, ask: boolean, signal: AbortSignal): Promise<string[]> {
    const { node, membership, book } = this.#components
    const said = membership.records.get(site)?.addresses ?? []
    const known = [...new Set([...book.of(site), ...said, ...book.left(site)].map(address => withPeer(address, peer)))]
      .filter(address => address.endsWith(`/p2p/${peer}`) && !address.includes(`/p2p/${node.peerId.toString()}/`))

    if (known.length > 0 && !ask) {
      return known.slice(0, MAX_ADDRESSES)
    }

    return [...new Set([...known, ...await this.#lookUp(peer, signal)])].slice(0, MAX_ADDRESSES)
  }

  async #lookUp (peer: string, stop: AbortSignal): Promise<string[]> {
    const { node, log } = this.#components

    // asking an empty table would wait for its first entry
    if (node.services.dht.routingTable.size === 0) {
      return []
    }

    try {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(LOOKUP_TIMEOUT)])
      const { multiaddrs } = await node.peerRouting.findPeer(peerIdFromString(peer), { signal })

      // a relayed address names two peers; dialling wants all to end with the same one
      return multiaddrs.map(address => withPeer(address.toString(), peer)).filter(address => !address.startsWith('/memory/'))
    } catch (error) {
      log.debug({ peer, error: String(error) }, 'the DHT does not know a member')

      return []
    }
  }
}

import { isRelayed } from './paths/path.ts'
import type { Dht } from './libp2p.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { AbortOptions, PeerId, PeerStore } from '@libp2p/interface'

/** What every daemon speaks: who lists it was identified, and lists the DHT when it serves it */
const IDENTIFY = '/ipfs/id/1.0.0'

export interface DhtServersInit {
  peerStore: Pick<PeerStore, 'get'>
  /** The DHT's protocol */
  protocol: string
  /** Whether a peer that was not met yet may serve the DHT */
  mayServe(peer: string): boolean
}

/** What stands in the routing table's class: asked before a peer is taken in */
interface Table {
  kb: { verify?(contact: { peerId: PeerId }, options?: AbortOptions): Promise<boolean> }
}

/**
 * Keeps those who do not serve the DHT out of its routing table. The installed DHT dials
 * every peer that an answer names, providers included, and takes in whoever answers a
 * ping: sites that only dial out would be dialled over relays because somebody looked
 * for them, then asked what they do not know, and waited for when they are off.
 */
export function onlyServers (dht: Dht, { peerStore, protocol, mayServe }: DhtServersInit): Dht {
  const { kb } = dht.routingTable as unknown as Table
  const verify = kb.verify

  if (verify == null) {
    throw new Error('the routing table of the DHT does not ask before it takes a peer in')
  }

  kb.verify = async (contact, options) => {
    const protocols = await spokenBy(peerStore, contact.peerId)
    const serves = protocols.includes(IDENTIFY) ? protocols.includes(protocol) : mayServe(contact.peerId.toString())

    return serves && verify(contact, options)
  }

  return dht
}

/** Members that say they can be dialled serve the DHT, as far as anyone knows before asking them */
export function canBeDialled (records: Pick<SiteRecords, 'get' | 'siteOfPeer'>): (peer: string) => boolean {
  return (peer) => {
    const site = records.siteOfPeer(peer)
    const record = site == null ? undefined : records.get(site)

    return record?.addresses.some(address => !isRelayed(address)) ?? false
  }
}

async function spokenBy (peerStore: DhtServersInit['peerStore'], peer: PeerId): Promise<string[]> {
  try {
    return (await peerStore.get(peer)).protocols
  } catch {
    // never met
    return []
  }
}

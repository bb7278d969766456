import { isRelayed } from './paths/path.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { AbortOptions, PeerId, PeerStore } from '@libp2p/interface'
import type { KadDHT, SingleKadDHT } from '@libp2p/kad-dht'

/** The service with what the class shows beside its interface */
export type Dht = KadDHT & Pick<SingleKadDHT, 'routingTable'>

/** What every daemon speaks: who lists it was identified, and lists the DHT when it serves it */
const IDENTIFY = '/ipfs/id/1.0.0'

export interface DhtServersInit {
  peerStore: Pick<PeerStore, 'get'>
  /** The DHT's protocol */
  protocol: string
  /** Whether a peer that was not met yet may serve the DHT */
  mayServe(peer: string): boolean
}

/** What stands in the routing table's class */
interface Table {
  /** Asked before a peer is taken in */
  kb: { verify?(contact: { peerId: PeerId }, options?: AbortOptions): Promise<boolean> }
  /** How many of the nearest servers libp2p is told to keep a connection to */
  closestPeerTagger: { peerSetSize?: number }
}

/**
 * Keeps those who do not serve the DHT out of its routing table. The installed DHT dials
 * every peer that an answer names, providers included, and takes in whoever answers a
 * ping: sites that only dial out would be dialled over relays because somebody looked
 * for them, then asked what they do not know, and waited for when they are off.
 *
 * It also has libp2p dial its nearest servers anew whenever their connection ends. Which
 * connections stay is for the connector to say; those that carry no link end after half
 * a minute, and would be there again at once, for ever.
 */
export function onlyServers (dht: Dht, { peerStore, protocol, mayServe }: DhtServersInit): Dht {
  const { kb, closestPeerTagger } = dht.routingTable as unknown as Table
  const verify = kb.verify

  if (verify == null || closestPeerTagger?.peerSetSize == null) {
    throw new Error('the routing table of the DHT is not the one that this was written for')
  }

  closestPeerTagger.peerSetSize = 0

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

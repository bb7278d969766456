import { BoundedMap } from '../core/bounded-map.ts'
import type { Clock } from '../core/clock.ts'
import type { Peer, PeerId, PeerStore } from '@libp2p/interface'

/** Protocols of peers that are not written down again */
const MAX_NOTED = 4_096

/** A note is renewed after, ms: libp2p forgets a peer of which it heard nothing for six hours. @default 600_000 (10 min) */
const RENEWED = 600_000

export interface SeldomMergedComponents {
  peerStore: Pick<PeerStore, 'merge'>
  /** Own peer id */
  peerId: PeerId
  clock: Pick<Clock, 'monotonic'>
}

/**
 * At each stream libp2p writes down that the peer speaks its protocol: all that is known of
 * the peer is read, decoded, encoded and written anew, each of its addresses parsed twice.
 * Here it is done for the first stream of a protocol, and then now and again.
 */
export function seldomMerged ({ peerStore, peerId, clock }: SeldomMergedComponents): void {
  const merge = peerStore.merge.bind(peerStore)
  const noted = new BoundedMap<string, { peer: Peer, until: number }>(MAX_NOTED)

  peerStore.merge = async (id, data, options) => {
    const [protocol, another] = data.protocols ?? []

    // what this daemon speaks itself comes and goes
    if (protocol == null || another != null || Object.keys(data).length > 1 || id.equals(peerId)) {
      return merge(id, data, options)
    }

    const key = `${id.toString()} ${protocol}`
    const before = noted.get(key)

    if (before != null && clock.monotonic() < before.until) {
      return before.peer
    }

    const peer = await merge(id, data, options)
    noted.set(key, { peer, until: clock.monotonic() + RENEWED })

    return peer
  }
}

import type { Quarantine } from './quarantine.ts'
import type { ConnectionGater, PeerId } from '@libp2p/interface'

/**
 * Who may connect at all. Only members are dialled, so that nobody can make this daemon
 * dial around by lies in the DHT; relaying is for members at both ends. `crowded` tells
 * whether a member has all the connections that one may have, `mayAsk` whether one that
 * was a member is dialled because this site knows of no other any more.
 */
export function createGater (isMember: (peer: string) => boolean, quarantine: () => Quarantine, crowded: (peer: PeerId) => boolean, mayAsk: (peer: string) => boolean = () => false): ConnectionGater {
  const stranger = (peer: PeerId): boolean => !isMember(peer.toString())

  return {
    denyDialPeer: (peer) => stranger(peer) && !mayAsk(peer.toString()),
    denyDialMultiaddr: () => false,
    denyInboundEncryptedConnection: (peer, { remoteAddr }) => stranger(peer) ? !quarantine().hasRoom(remoteAddr) : crowded(peer),
    denyInboundRelayReservation: stranger,
    denyOutboundRelayedConnection: (source, destination) => stranger(source) || stranger(destination),
    // the far end may be a new member that this site has yet to hear of
    denyInboundRelayedConnection: (relay) => stranger(relay)
  }
}

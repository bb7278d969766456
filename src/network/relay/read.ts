import { peerIdFromMultihash } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import * as Digest from 'multiformats/hashes/digest'
import type { PeerId } from '@libp2p/interface'

/** Whom a message of circuit v2 names; undefined for bytes that name nobody */
export function peerOf (id: Uint8Array | undefined): PeerId | undefined {
  try {
    return id == null ? undefined : peerIdFromMultihash(Digest.decode(id)) as PeerId
  } catch {
    // whatever it is, it names nobody
  }
}

/** Undefined for an address of a kind that is not known here */
export function addressOf (bytes: Uint8Array): string | undefined {
  try {
    return multiaddr(bytes).toString()
  } catch {
    // a relay of another kind may name such
  }
}

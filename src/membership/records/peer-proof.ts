import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { domains, under } from '../../core/domains.ts'
import { owned, part } from '../bytes.ts'
import { MAX_PEER_ID } from '../limits.ts'
import type { Owned } from '../bytes.ts'
import type { Ed25519PrivateKey, Ed25519PublicKey } from '@libp2p/interface'

/**
 * A site certifies the peer ids of its daemons, and each daemon agrees by a signature
 * of its own: without it a member could claim another's peer id first.
 */

export function peerProofInput (genesis: Uint8Array, site: string): Uint8Array {
  return under(domains.peerProof, genesis, part(site))
}

export async function proofOfPeer (key: Ed25519PrivateKey, genesis: Uint8Array, site: string): Promise<Owned> {
  return owned(await key.sign(peerProofInput(genesis, site)))
}

/** The Ed25519 key in a peer id, 32 bytes; undefined for any other text */
export function keyOfPeer (peer: string): Uint8Array | undefined {
  return publicKeyOf(peer)?.raw
}

export function isPeerId (peer: string): boolean {
  return publicKeyOf(peer) != null
}

export function peerIdOf (key: Ed25519PrivateKey): string {
  return peerIdFromPrivateKey(key).toString()
}

function publicKeyOf (peer: string): Ed25519PublicKey | undefined {
  if (peer.length > MAX_PEER_ID) {
    return
  }

  try {
    const id = peerIdFromString(peer)

    // one spelling only, or one daemon could be listed twice
    return id.type === 'Ed25519' && id.toString() === peer ? id.publicKey : undefined
  } catch {
    // not a peer id
  }
}

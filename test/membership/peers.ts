import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdOf } from '../../src/membership/records/peer-proof.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

/** Peer keys from numbers, so that a failure repeats */
export async function peerKeyOf (seed: number): Promise<Ed25519PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(seed))
}

export async function peerOf (seed: number): Promise<string> {
  return peerIdOf(await peerKeyOf(seed))
}

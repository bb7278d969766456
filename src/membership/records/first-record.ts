import { ENCRYPTION_KEY_LIFETIME } from '../limits.ts'
import { peerIdOf, proofOfPeer } from './peer-proof.ts'
import { signRecord } from './record.ts'
import type { SiteSigner } from '../../core/identity.ts'
import type { Owned } from '../bytes.ts'
import type { SiteKeys } from '../keys/site-keys.ts'

export interface FirstRecord {
  network: string
  genesis: Uint8Array
  keys: SiteKeys
  signer: SiteSigner
  now: number
}

/** The record with which a site begins: its peer and its keys, no address yet */
export async function firstRecord ({ network, genesis, keys, signer, now }: FirstRecord): Promise<Owned> {
  return signRecord({
    network,
    site: signer.siteId,
    sequence: 1,
    at: now,
    peers: [peerIdOf(keys.peer)],
    peerProofs: [await proofOfPeer(keys.peer, genesis, signer.siteId)],
    addresses: [],
    keys: keys.encryption.map(({ id, publicKey }) => ({ id, publicKey, notBefore: now, notAfter: now + ENCRYPTION_KEY_LIFETIME })),
    mailboxes: []
  }, genesis, async data => signer.sign(data))
}

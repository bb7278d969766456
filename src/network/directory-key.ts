import { createHmac } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { domains } from '../core/domains.ts'

/** SHA2-256, of which an HMAC has the length, and raw bytes: multicodec numbers */
const SHA2_256 = 0x12
const RAW = 0x55

/** Key of a name in the DHT: who does not know the network secret learns nothing from it */
export function directoryKey (networkSecret: Uint8Array, name: string): CID {
  const key = createHmac('sha256', networkSecret).update(domains.directoryKey).update(name).digest()

  return CID.createV1(RAW, createDigest(SHA2_256, new Uint8Array(key)))
}

import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { concat } from 'uint8arrays/concat'
import { prefixLength, writeFrame } from '../../protocols/framing/encode.ts'
import { CircuitEnvelope, CircuitVoucher } from './pb/circuit.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'

const DOMAIN = new TextEncoder().encode('libp2p-relay-rsvp')
const TYPE = new Uint8Array([0x03, 0x02])

/** The relay's signed word that a peer holds a reservation, as the specification wants it; nobody here asks for it */
export async function voucher ({ relay, peer, expiration, privateKey }: { relay: PeerId, peer: PeerId, expiration: number, privateKey: PrivateKey }): Promise<Uint8Array<ArrayBuffer>> {
  const payload = CircuitVoucher.encode({ relay: bytes(relay), peer: bytes(peer), expiration })
  const signature = await privateKey.sign(concat([prefixed(DOMAIN), prefixed(TYPE), prefixed(payload)]))

  return CircuitEnvelope.encode({
    publicKey: publicKeyToProtobuf(privateKey.publicKey) as Uint8Array<ArrayBuffer>,
    payloadType: TYPE,
    payload,
    signature: signature as Uint8Array<ArrayBuffer>
  }) as Uint8Array<ArrayBuffer>
}

/** A peer id as circuit v2 writes it */
export function bytes (peer: PeerId): Uint8Array<ArrayBuffer> {
  return peer.toMultihash().bytes as Uint8Array<ArrayBuffer>
}

function prefixed (part: Uint8Array): Uint8Array {
  const out = new Uint8Array(prefixLength(part.byteLength) + part.byteLength)
  writeFrame(out, 0, part)

  return out
}

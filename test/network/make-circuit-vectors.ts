/**
 * Run by hand, and only when the format got a new version: `node
 * test/network/make-circuit-vectors.ts` writes test/vectors/circuit.json anew. The
 * messages of libp2p's own circuit v2 are encoded by libp2p's own codec.
 */
import { writeFileSync } from 'node:fs'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { ed25519FromRaw, syncSigner } from '../../src/core/ed25519.ts'
import { passSigningInput } from '../../src/membership/enroll/pass.ts'
import { CircuitEnvelope, HopMessage } from '../../src/network/relay/pb/circuit.ts'
import { bytes, voucher } from '../../src/network/relay/voucher.ts'
import { fill } from '../envelope/fixture.ts'

const pb = await import(new URL('pb/index.js', import.meta.resolve('@libp2p/circuit-relay-v2')).href)
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
const NOW = 1_800_000_000

const [relay, peer] = await Promise.all([1, 2].map(async number => generateKeyPairFromSeed('Ed25519', fill(number))))
const relayId = peerIdFromPrivateKey(relay)
const peerId = peerIdFromPrivateKey(peer)
const address = multiaddr('/ip4/192.0.2.1/tcp/8091')
const signed = await voucher({ relay: relayId, peer: peerId, expiration: NOW, privateKey: relay })
const { publicKey, payloadType, signature } = CircuitEnvelope.decode(signed)
// theirs is a message of its own, with the payload in it
const theirVoucher = { publicKey, payloadType, signature, payload: { relay: bytes(relayId), peer: bytes(peerId), expiration: BigInt(NOW) } }

const theirs: Array<[string, string, object, Uint8Array]> = [
  ['HopMessage', 'asks for a reservation, or to renew it', { type: 0 }, pb.HopMessage.encode({ type: 'RESERVE' })],
  ['HopMessage', 'wants to be connected', { type: 1, peer: { id: { hex: hex(bytes(peerId)) }, addrs: [] } }, pb.HopMessage.encode({ type: 'CONNECT', peer: { id: bytes(peerId), addrs: [] } })],
  ['HopMessage', 'a reservation is granted', { type: 2, status: 100, reservation: { expire: NOW, addrs: [{ hex: hex(address.bytes) }], voucher: { hex: hex(signed) } } },
    pb.HopMessage.encode({ type: 'STATUS', status: 'OK', reservation: { expire: BigInt(NOW), addrs: [address.bytes], voucher: theirVoucher } })],
  ['HopMessage', 'no room for a reservation', { type: 2, status: 200 }, pb.HopMessage.encode({ type: 'STATUS', status: 'RESERVATION_REFUSED' })],
  ['HopMessage', 'a circuit of at most so many bytes', { type: 2, status: 100, limit: { data: 65_536 } }, pb.HopMessage.encode({ type: 'STATUS', status: 'OK', limit: { data: 65_536n } })],
  ['StopMessage', 'somebody wants to be connected', { type: 0, peer: { id: { hex: hex(bytes(peerId)) }, addrs: [] }, limit: { data: 65_536, duration: 120 } },
    pb.StopMessage.encode({ type: 'CONNECT', peer: { id: bytes(peerId), addrs: [] }, limit: { data: 65_536n, duration: 120 } })],
  ['StopMessage', 'yes', { type: 1, status: 100 }, pb.StopMessage.encode({ type: 'STATUS', status: 'OK' })],
  ['StopMessage', 'no', { type: 1, status: 202 }, pb.StopMessage.encode({ type: 'STATUS', status: 'PERMISSION_DENIED' })]
]

const authority = syncSigner({ siteId: 'authority.example', privateKey: ed25519FromRaw(fill(9)) })
const facts = { genesis: fill(7), ticket: fill(8, 16), expires: NOW * 1_000, peer: peerId.toString() }
const pass = { ticket: facts.ticket, expires: facts.expires, signature: new Uint8Array(await authority.sign(passSigningInput(facts))) }

const vectors = {
  note: 'Vectors of circuit relay v2 as relays here speak it: those of libp2p are encoded by js-libp2p. All bytes in hexadecimal, times in seconds, of a pass in ms. An optional field that is absent is not there.',
  messages: theirs.map(([type, meaning, message, encoded]) => ({ type, meaning, message, bytes: hex(encoded) })),
  peers: [relayId, peerId].map(id => ({ peer: id.toString(), multihash: hex(bytes(id)) })),
  addresses: [{ address: address.toString(), bytes: hex(address.bytes) }],
  voucher: { relay: relayId.toString(), privateKey: hex(fill(1)), peer: peerId.toString(), expiration: NOW, bytes: hex(signed) },
  pass: {
    authority: { privateKey: hex(fill(9)), publicKey: hex(authority.publicKey) },
    genesis: hex(facts.genesis),
    ticket: hex(facts.ticket),
    expires: facts.expires,
    peer: facts.peer,
    signature: hex(pass.signature),
    connect: hex(HopMessage.encode({ type: 1, peer: { id: bytes(peerId), addrs: [] }, pass }))
  }
}

writeFileSync(new URL('../vectors/circuit.json', import.meta.url), JSON.stringify(vectors, null, 2) + '\n')

/** Vectors of the relay's wire: what js-libp2p's own codec wrote, and the authority's word for newcomers. */
import { readFileSync } from 'node:fs'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { checkPass } from '../../src/membership/enroll/pass.ts'
import { CircuitEnvelope, CircuitVoucher, HopMessage, StopMessage } from '../../src/network/relay/pb/circuit.ts'
import { addressOf, peerOf } from '../../src/network/relay/read.ts'
import { bytes as multihash, voucher } from '../../src/network/relay/voucher.ts'
import { hex, revive, unhex } from '../vectors/bytes.ts'

interface Vectors {
  messages: Array<{ type: 'HopMessage' | 'StopMessage', meaning: string, message: Record<string, unknown>, bytes: string }>
  peers: Array<{ peer: string, multihash: string }>
  addresses: Array<{ address: string, bytes: string }>
  voucher: { relay: string, privateKey: string, peer: string, expiration: number, bytes: string }
  pass: { authority: { publicKey: string }, genesis: string, ticket: string, expires: number, peer: string, signature: string, connect: string }
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/circuit.json', import.meta.url), 'utf8')) as Vectors
const codecs = { HopMessage, StopMessage }
describe('vectors of circuits', () => {
  for (const { type, meaning, message, bytes } of vectors.messages) {
    it(`${type}: ${meaning}`, () => {
      const revived = revive(message) as object
      expect(hex(codecs[type].encode(revived))).to.equal(bytes)
      expect(codecs[type].decode(unhex(bytes))).to.deep.equal(revived)
    })
  }

  it('peers and addresses', () => {
    for (const { peer, multihash: bytes } of vectors.peers) {
      expect(peerOf(unhex(bytes))?.toString()).to.equal(peer)
      expect(peerOf(unhex(bytes.slice(2)))).to.equal(undefined)
    }

    for (const { address, bytes } of vectors.addresses) {
      expect(addressOf(unhex(bytes))).to.equal(address)
      expect(addressOf(unhex(`ff${bytes}`))).to.equal(undefined)
    }
  })

  it('the voucher of a reservation', async () => {
    const { relay, privateKey, peer, expiration, bytes } = vectors.voucher
    const key = await generateKeyPairFromSeed('Ed25519', unhex(privateKey))
    expect(peerIdFromPrivateKey(key).toString()).to.equal(relay)
    expect(hex(await voucher({ relay: peerIdFromString(relay), peer: peerIdFromString(peer), expiration, privateKey: key }))).to.equal(bytes)
    const { payload } = CircuitEnvelope.decode(unhex(bytes))
    expect(CircuitVoucher.decode(payload)).to.deep.equal({ relay: multihash(peerIdFromString(relay)), peer: multihash(peerIdFromString(peer)), expiration })
  })

  it('the pass of a newcomer is good for one peer, until its time', async () => {
    const { authority, genesis, ticket, expires, peer, signature, connect } = vectors.pass
    const { pass, ...request } = HopMessage.decode(unhex(connect))
    expect(request).to.deep.equal({ type: 1, peer: { id: multihash(peerIdFromString(peer)), addrs: [] } })
    expect(pass).to.deep.equal({ ticket: unhex(ticket), expires, signature: unhex(signature) })
    const facts = { genesis: unhex(genesis), peer, key: unhex(authority.publicKey), now: expires - 1, verify: verifyEd25519 }
    const good = async (changes: Partial<typeof facts> = {}): Promise<boolean> => checkPass(pass!, { ...facts, ...changes })
    expect(await good()).to.equal(true)
    expect(await good({ now: expires })).to.equal(false)
    expect(await good({ peer: vectors.peers[0].peer })).to.equal(false)
    expect(await good({ genesis: new Uint8Array(32) })).to.equal(false)
  })
})

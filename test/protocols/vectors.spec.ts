import { readFileSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { rosterProof } from '../../src/membership/sync-proof.ts'
import { directoryKey } from '../../src/network/directory-key.ts'
import { dhtProtocol } from '../../src/network/libp2p.ts'
import { BulkMessage } from '../../src/protocols/bulk/pb/bulk.ts'
import { Frame } from '../../src/protocols/control/pb/control.ts'
import { EnrollAnswer, EnrollRequest } from '../../src/protocols/enroll/pb/enroll.ts'
import { FrameDecoder } from '../../src/protocols/framing/decoder.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { FrameError } from '../../src/protocols/framing/errors.ts'
import { SyncMessage } from '../../src/protocols/sync/pb/sync.ts'
import { hex, revive, unhex } from '../vectors/bytes.ts'

interface Vectors {
  framing: Array<{ meaning: string, frames: string[], bytes: string }>
  refused: Array<{ meaning: string, maxFrame: number, bytes: string }>
  messages: Array<{ type: string, meaning: string, message: Record<string, unknown>, bytes: string }>
  proof: { networkSecret: string, role: 'dialer', prover: string, checker: string, proof: string }
  directory: { genesis: string, protocol: string, networkSecret: string, name: string, key: string }
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/frames.json', import.meta.url), 'utf8')) as Vectors

const codecs: Record<string, { encode(message: object): Uint8Array, decode(bytes: Uint8Array): object }> = {
  'control Frame': Frame,
  'sync SyncMessage': SyncMessage,
  'bulk BulkMessage': BulkMessage,
  'enroll EnrollRequest': EnrollRequest,
  'enroll EnrollAnswer': EnrollAnswer
}

describe('vectors of the protocols', () => {
  for (const { meaning, frames, bytes } of vectors.framing) {
    it(`framing: ${meaning}`, () => {
      expect(hex(joinFrames(frames.map(unhex)))).to.equal(bytes)
      const decoder = new FrameDecoder(1_000)
      decoder.push(unhex(bytes))
      expect(frames.map(() => hex(decoder.next() ?? new Uint8Array()))).to.deep.equal(frames)
      expect(decoder.next()).to.equal(undefined)
    })
  }

  for (const { meaning, maxFrame, bytes } of vectors.refused) {
    it(`refused: ${meaning}`, () => {
      const decoder = new FrameDecoder(maxFrame)
      decoder.push(unhex(bytes))
      expect(() => decoder.next()).to.throw(FrameError)
    })
  }

  for (const { type, meaning, message, bytes } of vectors.messages) {
    it(`${type}: ${meaning}`, () => {
      const revived = revive(message) as object
      expect(hex(codecs[type].encode(revived))).to.equal(bytes)
      expect(codecs[type].decode(unhex(bytes))).to.deep.include(revived)
    })
  }

  it('the proof of the network secret, and the names of the DHT', () => {
    const { proof, directory } = vectors
    expect(hex(rosterProof({ ...proof, networkSecret: unhex(proof.networkSecret) }))).to.equal(proof.proof)
    expect(dhtProtocol(unhex(directory.genesis))).to.equal(directory.protocol)
    expect(directoryKey(unhex(directory.networkSecret), directory.name).toString()).to.equal(directory.key)
  })

  it('a frame with more elements than allowed is refused before they are made', () => {
    // 65 entries of no bytes: field 6, length 130, then 65 times the empty field 1
    const bytes = Buffer.concat([Buffer.from('328201', 'hex'), Buffer.from('0a00'.repeat(65), 'hex')])
    expect(() => Frame.decode(bytes)).to.throw()
  })
})

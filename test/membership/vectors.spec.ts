import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { unhex } from '../../src/membership/bytes.ts'
import { decodeRecord, verifyRecord } from '../../src/membership/records/record.ts'
import { decodeEntry } from '../../src/membership/roster/entry.ts'
import { follow } from '../../src/membership/roster/follow.ts'
import { decodeTicket } from '../../src/membership/ticket.ts'
import { membershipVectors } from './vectors.ts'

const vectors = JSON.parse(await readFile(new URL('../vectors/membership.json', import.meta.url), 'utf8'))

/** As the document says it, without a line of ours */
function signatureHolds (key: string, domain: string, parts: Buffer[], signature: string): boolean {
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'hex').toString('base64url') }, format: 'jwk' })

  return verify(null, Buffer.concat([Buffer.from(`${domain}\0`), ...parts]), publicKey, Buffer.from(signature, 'hex'))
}

function part (value: string | Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(value))

  return Buffer.concat([length, Buffer.from(value)])
}

const bytes = (text: string): Buffer => Buffer.from(text, 'hex')

describe('the vectors of membership', () => {
  it('are what this program writes, to the byte', async () => {
    expect(await membershipVectors()).to.deep.equal(vectors)
  })

  it('hold by the document alone', () => {
    let prev = ''

    for (const { signedBy, entry, hash, signature } of vectors.roster) {
      expect(createHash('sha256').update('beam-node/roster-entry/v1\0').update(bytes(entry)).digest('hex')).to.equal(hash)
      expect(signatureHolds(vectors.keys[signedBy].public, 'beam-node/roster-signature/v1', [bytes(entry)], signature)).to.equal(true)
      expect(entry).to.include(prev)
      prev = hash
    }

    const genesis = bytes(vectors.roster[0].hash)
    const { record, signature, peerProof } = vectors.record
    expect(signatureHolds(vectors.keys.biscoe.public, 'beam-node/site-record/v1', [genesis, bytes(record)], signature)).to.equal(true)
    expect(record).to.include(peerProof)

    const { secret, text } = vectors.ticket
    const payload = Buffer.from(text.slice(5), 'base64url')
    expect(createHash('sha256').update('beam-node/ticket-checksum/v1\0').update(payload.subarray(0, -4)).digest().subarray(0, 4)).to.deep.equal(payload.subarray(-4))

    const mac = createHmac('sha256', bytes(secret)).update('beam-node/enroll-request/v1\0')
    const parts = [genesis, vectors.keys.biscoePeer.peerId, vectors.keys.founderPeer.peerId, bytes(vectors.ticket.id), bytes(vectors.record.signed), bytes(vectors.keys.biscoe.public), '']
    parts.forEach(value => mac.update(part(value)))
    expect(mac.digest('hex')).to.equal(vectors.enrolment.requestMac)

    const proof = createHmac('sha256', Buffer.alloc(32, 0x41)).update('beam-node/sync-proof/v1\0')
    const pair = ['dialer', vectors.keys.biscoePeer.peerId, vectors.keys.founderPeer.peerId]
    pair.forEach(value => proof.update(part(value)))
    expect(proof.digest('hex')).to.equal(vectors.rosterProof.dialer)
  })

  it('are read as they are meant', async () => {
    const entries = vectors.roster.map(({ signed }: { signed: string }) => decodeEntry(unhex(signed)))
    const followed = await follow(undefined, entries, verifyEd25519)
    expect(followed.kind === 'followed' && followed.state.members.get('biscoe.net.example')).to.deep.include({ organization: 'Palmer Station', capabilities: ['penguins/*'], notAfter: 1_790_000_000_000 + 2 * 31_536_000_000, revoked: { at: 1_790_000_000_004, reason: 'laptop lost', seq: 4 } })

    const recovered = await follow(undefined, [...entries.slice(0, 2), decodeEntry(unhex(vectors.recovery.signed))], verifyEd25519)
    expect(recovered.kind === 'followed' && [...recovered.state.members.keys()]).to.deep.equal(['founder.net.example'])

    const record = decodeRecord(unhex(vectors.record.signed))
    expect(await verifyRecord(record, unhex(vectors.roster[0].hash), unhex(vectors.keys.biscoe.public), verifyEd25519)).to.equal(true)
    expect(record.view).to.deep.include({ site: 'biscoe.net.example', sequence: 1, peers: [vectors.keys.biscoePeer.peerId] })
    expect(decodeTicket(vectors.ticket.text)).to.deep.include({ network: 'net.example', site: 'biscoe', peer: vectors.keys.founderPeer.peerId })
  })
})

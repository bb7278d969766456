import { expect } from 'aegir/chai'
import { checkRosterProof, rosterProof } from '../../src/membership/sync-proof.ts'
import { peerOf } from './peers.ts'

describe('the proof for the tail of the roster', () => {
  it('is good for one secret, one role and one pair of peers in one direction', async () => {
    const networkSecret = new Uint8Array(32).fill(1)
    const [prover, checker, other] = [await peerOf(1), await peerOf(2), await peerOf(3)]
    const input = { networkSecret, role: 'dialer', prover, checker } as const
    const proof = rosterProof(input)

    expect(proof).to.have.lengthOf(32)
    expect(checkRosterProof(input, proof)).to.equal(true)

    for (const wrong of [
      { ...input, networkSecret: new Uint8Array(32).fill(2) },
      { ...input, role: 'listener' as const },
      { ...input, prover: checker, checker: prover },
      { ...input, prover: other },
      { ...input, checker: other }
    ]) {
      expect(checkRosterProof(wrong, proof)).to.equal(false)
    }

    expect(checkRosterProof(input, proof.subarray(1))).to.equal(false)
    expect(checkRosterProof(input, new Uint8Array())).to.equal(false)
  })
})

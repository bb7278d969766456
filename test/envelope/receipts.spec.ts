import { expect } from 'aegir/chai'
import { createVerificationBudget } from '../../src/envelope/budget.ts'
import { writeFields } from '../../src/envelope/fields.ts'
import { ReceiptBatch } from '../../src/envelope/pb/envelope.ts'
import { signReceipts, verifyReceipts } from '../../src/envelope/receipts.ts'
import { alpha, beta, componentsAt, createSite, fill, gamma, NETWORK, NOW } from './fixture.ts'
import { expectRefused, refusalOf } from './refused.ts'
import type { ReceiptView } from '../../src/envelope/index.ts'

const via = { via: beta.siteId, now: NOW }

const receipts: ReceiptView[] = [
  { id: fill(1, 16), hash: fill(2), outcome: 'stored', reason: '' },
  { id: fill(3, 16), hash: fill(4), outcome: 'for-good', reason: 'unknown-task' },
  { id: fill(5, 16), hash: fill(6), outcome: 'for-now', reason: 'unknown-key' }
]
const input = { network: NETWORK, to: alpha.siteId, at: NOW, receipts }

async function signedBatch (change: object, signer = beta.signer): Promise<Uint8Array> {
  const batch = ReceiptBatch.encode({ network: NETWORK, from: beta.siteId, to: alpha.siteId, at: NOW, receipts: [{ id: fill(1, 16), hash: fill(2), outcome: 0, reason: '' }], ...change })

  return writeFields([batch, await signer.sign(Buffer.concat([Buffer.from('beam-node/receipts/v1\0'), batch]))])
}

describe('receipts', () => {
  it('say under one signature what became of many envelopes', async () => {
    const bytes = await signReceipts(beta.signer, input)
    expect(await verifyReceipts(bytes, componentsAt(alpha), via)).to.deep.equal({ from: beta.siteId, at: NOW, receipts })
  })

  it('fit 256 in one batch, and no more', async () => {
    const most: ReceiptView[] = Array.from({ length: 256 }, (_, i) => ({ id: fill(i, 16), hash: fill(i), outcome: 'for-good', reason: 'x'.repeat(64) }))
    const bytes = await signReceipts(beta.signer, { ...input, receipts: most })

    expect((await verifyReceipts(bytes, componentsAt(alpha), via)).receipts).to.deep.equal(most)
    await expectRefused(async () => signReceipts(beta.signer, { ...input, receipts: [...most, most[0]] }), 'malformed')
    await expectRefused(async () => signReceipts(beta.signer, { ...input, receipts: [] }), 'malformed')
  })

  it('are refused with each single flipped bit', async () => {
    const bytes = await signReceipts(beta.signer, input)

    for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
      const copy = new Uint8Array(bytes)
      copy[bit >> 3] ^= 1 << (bit & 7)
      await refusalOf(async () => verifyReceipts(copy, componentsAt(alpha), via))
    }
  })

  it('are refused when something is wrong with them', async () => {
    const verify = async (bytes: Uint8Array): Promise<unknown> => verifyReceipts(bytes, componentsAt(alpha), via)
    const receipt = { id: fill(1, 16), hash: fill(2), outcome: 0, reason: '' }
    const stranger = createSite('stranger', 9)
    await verify(await signedBatch({}))

    await expectRefused(async () => verify(await signedBatch({ from: stranger.siteId }, stranger.signer)), 'not-member')
    await expectRefused(async () => verify(await signedBatch({ to: gamma.siteId })), 'not-for-me')
    await expectRefused(async () => verify(await signedBatch({ network: 'other.example' })), 'wrong-network')
    await expectRefused(async () => verify(await signedBatch({}, gamma.signer)), 'bad-signature')
    await expectRefused(async () => verify(await signedBatch({ from: gamma.siteId })), 'bad-signature')
    await expectRefused(async () => verify(await signedBatch({ receipts: [] })), 'malformed')
    await expectRefused(async () => verify(await signedBatch({ receipts: [{ ...receipt, id: fill(1, 15) }] })), 'malformed')
    await expectRefused(async () => verify(await signedBatch({ receipts: [{ ...receipt, hash: fill(1, 33) }] })), 'malformed')
    await expectRefused(async () => verify(await signedBatch({ receipts: [{ ...receipt, outcome: 3 }] })), 'malformed')
    await expectRefused(async () => verify(await signedBatch({ receipts: [{ ...receipt, reason: 'stored' }] })), 'malformed')

    for (const reason of ['', 'Not a code', 'x'.repeat(65), '<b>']) {
      await expectRefused(async () => verify(await signedBatch({ receipts: [{ ...receipt, outcome: 1, reason }] })), 'malformed')
    }

    await expectRefused(async () => verify(new Uint8Array(65_537)), 'too-large')
    await expectRefused(async () => verify(new Uint8Array(0)), 'malformed')
  })

  it('are no signature for anything else, and nothing else is one for them', async () => {
    const batch = ReceiptBatch.encode({ network: NETWORK, from: beta.siteId, to: alpha.siteId, at: NOW, receipts: [{ id: fill(1, 16), hash: fill(2), outcome: 0, reason: '' }] })

    for (const domain of ['', 'beam-node/receipts/v1', 'beam-node/envelope-signature/v1\0']) {
      const bytes = writeFields([batch, await beta.signer.sign(Buffer.concat([Buffer.from(domain), batch]))])
      await expectRefused(async () => verifyReceipts(bytes, componentsAt(alpha), via), 'bad-signature')
    }
  })

  it('with tens of thousands of empty elements are refused at once', async () => {
    const batch = new Uint8Array(60_000)

    for (let i = 0; i < batch.byteLength; i += 2) {
      batch[i] = 0x2a
    }

    const bytes = writeFields([batch, fill(1, 64)])
    const start = performance.now()

    for (let i = 0; i < 1_000; i++) {
      await expectRefused(async () => verifyReceipts(bytes, componentsAt(alpha), via), 'malformed')
    }

    expect(performance.now() - start).to.be.below(500)
  })

  it('count against the budget of who hands them over', async () => {
    const components = componentsAt(alpha, { budget: createVerificationBudget({ burst: 2, rate: 1 }) })
    const forged = await signedBatch({}, gamma.signer)

    await expectRefused(async () => verifyReceipts(forged, components, via), 'bad-signature')
    await expectRefused(async () => verifyReceipts(forged, components, via), 'bad-signature')
    await expectRefused(async () => verifyReceipts(await signedBatch({}), components, via), 'over-budget')
    await verifyReceipts(await signedBatch({}), components, { via: gamma.siteId, now: NOW })
  })
})

import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { createContentReader } from '../../src/envelope/content-reader.ts'
import { decodeHead } from '../../src/envelope/decode.ts'
import { CHUNK, MAX_BODY, TAG } from '../../src/envelope/index.ts'
import { openSmall } from '../../src/envelope/open.ts'
import { alpha, beta, bytesOf, checkAt, createKey, fill, gamma, NOW, readerOf, sealAsAlpha, sealAsBeta, sealedTask, taskInner, taskInput } from './fixture.ts'
import { expectRefused } from './refused.ts'
import type { Opening, SealedEnvelope } from '../../src/envelope/index.ts'

async function opening (sealed: SealedEnvelope): Promise<Opening> {
  const outcome = await checkAt(beta).head(decodeHead(sealed.head), { via: alpha.siteId, now: NOW })

  if (outcome.kind !== 'fresh') {
    throw new Error(outcome.kind)
  }

  return outcome.opening
}

/** Everything that was sealed, read as a recipient of a large envelope does */
async function readAll (sealed: SealedEnvelope): Promise<Uint8Array> {
  const open = await opening(sealed)
  const reader = createContentReader(open)
  const plaintexts: Uint8Array[] = []

  for (let i = 0; i < sealed.chunks; i++) {
    const plaintext = open.open(i, await sealed.chunk(i))
    reader.push(plaintext)
    plaintexts.push(plaintext)
  }

  const { inner, bodyOffset } = reader.finish()
  const body = Buffer.concat(plaintexts).subarray(bodyOffset)
  expect(body.byteLength).to.equal(inner.bodySize)

  return body
}

/** Bytes of plaintext that are not body in the task of the fixture */
async function overhead (): Promise<number> {
  return (await sealedTask(bytesOf(0))).size - TAG
}

describe('sealing', () => {
  it('carries a body of no bytes', async () => {
    const sealed = await sealedTask(bytesOf(0))
    const open = await opening(sealed)
    const { inner, body } = openSmall(open, await sealed.chunk(0))

    expect(body.byteLength).to.equal(0)
    expect(inner).to.deep.include({ from: 'app1.alpha.broker.example', to: ['app2.beta.broker.example', 'app3.gamma.broker.example'], metadata: '{"secret":"only for members\' apps"}' })
  })

  it('shows a relay nothing but the label', async () => {
    const sealed = await sealedTask(new TextEncoder().encode('patients'))
    const seen = Buffer.concat([sealed.head, await sealed.chunk(0)]).toString('latin1')

    for (const hidden of ['patients', 'app1', 'app2', 'gamma', 'secret', '70c0aa90', 'discard']) {
      expect(seen).to.not.include(hidden)
    }

    expect(seen).to.include('alpha.broker.example').and.include('beta.broker.example')
  })

  it('cuts at every border: one byte below, at and above whole chunks', async () => {
    const rest = await overhead()

    for (const chunks of [1, 2]) {
      for (const difference of [-1, 0, 1]) {
        // the size of inner changes with the length of its numbers
        let body = bytesOf(chunks * CHUNK - rest + difference)
        let sealed = await sealedTask(body)
        body = bytesOf(body.byteLength + chunks * CHUNK + difference - plaintextSize(sealed))
        sealed = await sealedTask(body)

        expect(plaintextSize(sealed)).to.equal(chunks * CHUNK + difference)
        expect(sealed.chunks).to.equal(difference === 1 ? chunks + 1 : chunks)
        expect(Buffer.compare(await readAll(sealed), body)).to.equal(0)
      }
    }
  })

  it('carries an inner that is longer than a chunk', async () => {
    const body = bytesOf(300_000)
    const metadata = JSON.stringify('ü'.repeat(500_000))
    const sealed = await sealedTask(body, { inner: taskInner(body, { metadata }) })

    expect(sealed.chunks).to.equal(5)
    expect(Buffer.compare(await readAll(sealed), body)).to.equal(0)
  })

  it('carries any body', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 5_000, size: 'max' }), fc.json(), async (body, metadata) => {
      const sealed = await sealedTask(body, { inner: taskInner(body, { metadata }) })
      const opened = openSmall(await opening(sealed), await sealed.chunk(0))
      expect(Buffer.compare(opened.body, body)).to.equal(0)
      expect(opened.inner.metadata).to.equal(metadata)
    }), { numRuns: 100 })
  })

  it('gives the same bytes when sealed again, from any chunk on', async () => {
    const body = bytesOf(3 * CHUNK + 17)
    const one = await sealedTask(body)
    const two = await sealedTask(body)
    expect(two.head).to.deep.equal(one.head)

    for (const index of [3, 0, 2, 1, 3]) {
      expect(Buffer.compare(await two.chunk(index), await one.chunk(index))).to.equal(0)
    }
  })

  it('resumes at any chunk: the rest of a second sealing completes the first', async () => {
    const body = bytesOf(3 * CHUNK + 17)

    for (const resumeAt of [0, 1, 2, 3]) {
      const first = await sealedTask(body)
      const before = await opening(first)
      const onDisk: Uint8Array[] = []

      for (let i = 0; i < resumeAt; i++) {
        onDisk.push(before.open(i, await first.chunk(i)))
      }

      // both sides were restarted
      const second = await sealedTask(body)
      const after = await opening(second)
      const reader = createContentReader(after)
      onDisk.forEach((plaintext) => { reader.push(plaintext) })

      for (let i = resumeAt; i < second.chunks; i++) {
        reader.push(after.open(i, await second.chunk(i)))
      }

      expect(reader.finish().inner.bodySize).to.equal(body.byteLength)
    }
  })

  it('uses new secrets for everything that changes: key id, inner, body, expiry, recipient', async () => {
    const body = bytesOf(64)
    const other = Uint8Array.from(body, (byte) => byte ^ 1)
    const input = taskInput(body)
    const rotated = createKey(0x77)
    const sealings = await Promise.all([
      sealAsAlpha(input),
      sealAsAlpha({ ...input, recipient: rotated }),
      // as if two keys had one id
      sealAsAlpha({ ...input, recipient: { keyId: input.recipient.keyId, publicKey: rotated.publicKey } }),
      sealAsAlpha({ ...input, inner: { ...input.inner, metadata: '1' } }),
      sealAsAlpha({ ...input, inner: taskInner(other), body: readerOf(other) }),
      sealAsAlpha({ ...input, expires: input.expires + 1, inner: { ...input.inner, expires: input.expires + 1 } }),
      sealAsAlpha({ ...input, to: gamma.siteId }),
      sealAsAlpha({ ...input, id: fill(0xab, 16) }),
      sealAsAlpha({ ...input, seed: fill(0x5f) })
    ])
    const heads = sealings.map(({ head }) => decodeHead(head))

    for (const part of [
      heads.map(({ enc }) => enc), heads.map(({ label }) => label.keyCommitment), heads.map(({ label }) => label.contentTag),
      heads.map(({ label }) => label.hash), await Promise.all(sealings.map(async (sealed) => sealed.chunk(0)))
    ]) {
      expect(new Set(part.map((bytes) => Buffer.from(bytes).toString('hex'))).size).to.equal(sealings.length)
    }
  })

  it('refuses to seal what no recipient could accept', async () => {
    const body = bytesOf(64)
    const input = taskInput(body)

    await expectRefused(async () => sealAsAlpha({ ...input, inner: { ...input.inner, from: 'app1.beta.broker.example' } }), 'inconsistent')
    await expectRefused(async () => sealAsAlpha({ ...input, inner: { ...input.inner, metadata: '{' } }), 'inconsistent')
    await expectRefused(async () => sealAsAlpha({ ...input, inner: { ...input.inner, bodySha256: undefined } }), 'inconsistent')
    await expectRefused(async () => sealAsAlpha({ ...input, inner: { ...input.inner, bodySize: MAX_BODY + 1 } }), 'too-large')
    await expectRefused(async () => sealAsAlpha({ ...input, id: fill(1, 15) }), 'malformed')
    await expect(sealAsBeta(input)).to.be.rejectedWith(/cannot seal in the name of/)
    await expect(sealAsAlpha({ ...input, seed: fill(1, 31) })).to.be.rejectedWith(/seed/)
    await expect(sealAsAlpha({ ...input, recipient: { ...input.recipient, publicKey: fill(0) } })).to.be.rejectedWith(/small order/)
  })

  it('notices a body that is not what was stored', async () => {
    const body = bytesOf(64)
    const short = await sealAsAlpha({ ...taskInput(body), body: async () => body.subarray(1) })
    const other = await sealAsAlpha({ ...taskInput(body), body: readerOf(bytesOf(65).subarray(1)) })

    await expect(short.chunk(0)).to.be.rejectedWith(/gave 63 bytes/)
    await expect(other.chunk(0)).to.be.rejectedWith(/SHA-256/)
    await expect(other.chunk(1)).to.be.rejectedWith(/chunk 1 of 1/)
    await expect(other.chunk(0.5)).to.be.rejectedWith(/chunk 0.5 of 1/)
  })
})

function plaintextSize (sealed: SealedEnvelope): number {
  return sealed.size - sealed.chunks * TAG
}

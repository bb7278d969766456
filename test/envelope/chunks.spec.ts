import { expect } from 'aegir/chai'
import { createContentReader } from '../../src/envelope/content-reader.ts'
import { decodeHead } from '../../src/envelope/decode.ts'
import { CHUNK, MAX_INNER, TAG } from '../../src/envelope/index.ts'
import { chunkCount, chunkNonce, plaintextSizeOf, sealedSize } from '../../src/envelope/layout.ts'
import { alpha, beta, bytesOf, checkAt, NOW, sealedTask, taskInner } from './fixture.ts'
import { forge } from './forge.ts'
import { expectRefused } from './refused.ts'
import type { Opening } from '../../src/envelope/index.ts'

async function opening (head: Uint8Array): Promise<Opening> {
  const outcome = await checkAt(beta).head(decodeHead(head), { via: alpha.siteId, now: NOW })

  if (outcome.kind !== 'fresh') {
    throw new Error(outcome.kind)
  }

  return outcome.opening
}

describe('chunks', () => {
  it('open only at their own place', async () => {
    const sealed = await sealedTask(bytesOf(2 * CHUNK + 5))
    const open = await opening(sealed.head)
    const chunks = await Promise.all([0, 1, 2].map(async (i) => sealed.chunk(i)))

    for (const place of [0, 1, 2, 3, -1, 0.5, NaN]) {
      for (const index of [0, 1, 2]) {
        if (place === index) {
          expect(open.open(place, chunks[index]).byteLength).to.equal(chunks[index].byteLength - TAG)
        } else {
          await expectRefused(() => open.open(place, chunks[index]), 'unopenable', 'none')
        }
      }
    }
  })

  it('open alike in pieces, however they are cut', async () => {
    const body = bytesOf(CHUNK + 5)
    const sealed = await sealedTask(body)
    const open = await opening(sealed.head)

    for (const index of [0, 1]) {
      const chunk = await sealed.chunk(index)
      const plaintext = Buffer.from(open.open(index, chunk))

      for (const ends of [[1], [5, 10], [chunk.byteLength - TAG], [chunk.byteLength - 3], [2, chunk.byteLength - TAG - 1, chunk.byteLength - 1], Array.from({ length: 60 }, (_, i) => i + 1)]) {
        const pieces = [0, ...ends].map((start, i) => chunk.subarray(start, ends[i]))

        expect(Buffer.concat(open.openPieces(index, pieces)).equals(plaintext), ends.join()).to.equal(true)
        await expectRefused(() => open.openPieces(index, pieces.slice(1)), 'unopenable', 'none')
        await expectRefused(() => open.openPieces(index, [...pieces.slice(0, -1), new Uint8Array(pieces[pieces.length - 1].byteLength)]), 'unopenable', 'none')
      }
    }
  })

  it('cannot be cut, extended or emptied', async () => {
    const sealed = await sealedTask(bytesOf(CHUNK + 5))
    const open = await opening(sealed.head)

    for (const index of [0, 1]) {
      const chunk = await sealed.chunk(index)

      for (const other of [chunk.subarray(1), chunk.subarray(0, -1), chunk.subarray(0, TAG), new Uint8Array(0), Buffer.concat([chunk, Buffer.of(0)])]) {
        await expectRefused(() => open.open(index, other), 'unopenable', 'none')
      }
    }
  })

  it('cannot be left out at the end: the last whole chunk is no last chunk', async () => {
    // the label of a truncated copy says the truncated size, re-signed by its own sender
    const whole = await forge({ body: bytesOf(CHUNK + 5) })
    const cut = await forge({ body: bytesOf(CHUNK + 5), label: { size: CHUNK + TAG } })
    const open = await opening(cut.head)

    expect(open.chunks).to.equal(1)
    await expectRefused(() => open.open(0, cut.chunks[0]), 'unopenable')
    expect((await opening(whole.head)).open(0, whole.chunks[0]).byteLength).to.equal(CHUNK)
  })

  it('never share a nonce', () => {
    const nonces = [0, 1, 2, 255, 256, 65_536, 2 ** 32 - 1].flatMap((index) => [chunkNonce(index, false), chunkNonce(index, true)])
    expect(new Set(nonces.map((nonce) => Buffer.from(nonce).toString('hex'))).size).to.equal(nonces.length)
    expect(Buffer.from(chunkNonce(0x01020304, true)).toString('hex')).to.equal('000000000000000102030401')
  })

  it('have one size for each content', () => {
    for (const size of [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 67_108_864]) {
      expect(plaintextSizeOf(sealedSize(size))).to.equal(size)
      expect(chunkCount(sealedSize(size))).to.equal(Math.ceil(size / CHUNK))
    }

    for (const size of [0, 1, TAG, CHUNK + TAG + 1, CHUNK + 2 * TAG, -1]) {
      expect(plaintextSizeOf(size), String(size)).to.be.undefined()
    }
  })

  describe('reader', () => {
    it('refuses an inner beyond its limit before it waits for it', async () => {
      const forged = await forge({ body: bytesOf(8 * CHUNK), innerLength: MAX_INNER + 1 })
      const open = await opening(forged.head)

      await expectRefused(() => { createContentReader(open).push(open.open(0, forged.chunks[0])) }, 'too-large', 'for-good')
    })

    it('refuses a large body that is not what inner says, at the end', async () => {
      const { Inner } = await import('../../src/envelope/pb/envelope.ts')
      const body = bytesOf(CHUNK)
      const other = Uint8Array.from(body)
      other[CHUNK - 1] ^= 1
      const forged = await forge({ body: other, inner: Inner.encode(taskInner(body) as any) })
      const open = await opening(forged.head)
      const reader = createContentReader(open)
      reader.push(open.open(0, forged.chunks[0]))
      expect(reader.inner?.taskId).to.equal('70c0aa90-bfcf-4312-a6af-42cbd57dc0b8')
      reader.push(open.open(1, forged.chunks[1]))

      await expectRefused(() => reader.finish(), 'inconsistent', 'for-good')
    })

    it('does not call a part the whole', async () => {
      const sealed = await sealedTask(bytesOf(CHUNK))
      const open = await opening(sealed.head)
      const reader = createContentReader(open)
      expect(() => reader.finish()).to.throw(/missing/)
      const first = open.open(0, await sealed.chunk(0))
      reader.push(first)
      expect(() => reader.finish()).to.throw(/missing/)
      expect(() => { reader.push(first) }).to.throw(/more plaintext/)
    })
  })
})

import { expect } from 'aegir/chai'
import { MAX_INBOUND } from '../../../src/store/transitions/begin-inbound.ts'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, blobBody, bytes, creation, textBody } from '../fixtures.ts'
import type { Store, StoredBody } from '../../../src/store/index.ts'

const HOUR = 3_600_000
const PART = 262_144

export function suiteBlobs (get: () => Store): void {
  const purge = async (now: number, before = 0): Promise<void> => {
    while ((await get().purgeStep({ before, now, limit: 10 })).more) {
      // until nothing is left
    }
  }
  const exists = async (blob: number): Promise<boolean> => get().readBlob({ blob, offset: 0, length: 1 }).then(() => true, () => false)

  describe('blobs', () => {
    it('reads back any range across parts of any size', async () => {
      const blob = await get().createBlob({ now: NOW })
      const data = bytes(3 * PART + 5)

      for (let offset = 0; offset < data.byteLength; offset += PART) {
        // a view, as a reader of a stream has it
        await get().appendBlob({ blob, offset, data: data.subarray(offset, offset + PART) })
      }

      for (const [offset, length] of [[0, 1], [PART - 1, 2], [10, 2 * PART], [2 * PART, PART], [3 * PART + 4, 100], [data.byteLength, 10]]) {
        expect(Buffer.compare(await get().readBlob({ blob, offset, length }), data.subarray(offset, offset + length)), `${offset}+${length}`).to.equal(0)
      }
    })

    it('leaves the caller its bytes', async () => {
      const blob = await get().createBlob({ now: NOW })
      const data = bytes(PART)
      await get().appendBlob({ blob, offset: 0, data })

      expect(data.byteLength).to.equal(PART)
    })

    it('refuses bytes that do not follow', async () => {
      const blob = await get().createBlob({ now: NOW })
      await get().appendBlob({ blob, offset: 0, data: bytes(10) })

      await expect(get().appendBlob({ blob, offset: 9, data: bytes(1) })).to.eventually.be.rejected.with.property('code', 'STORE_MISUSE')
      await expect(get().readBlob({ blob: blob + 1, offset: 0, length: 1 })).to.eventually.be.rejected.with.property('code', 'STORE_MISUSE')
      expect(await get().readBlob({ blob, offset: 0, length: 100 })).to.have.lengthOf(10)
    })

    it('is kept as long as the task it belongs to', async () => {
      const blob = await get().createBlob({ now: NOW })
      const data = bytes(100_000)
      await get().appendBlob({ blob, offset: 0, data })
      const input = creation({}, { body: blobBody(blob, 4, data) })
      await get().createTask(input)
      await purge(NOW + 2 * HOUR)

      expect((await get().findTasks({ id: input.task.id }))[0].body).to.deep.equal(input.body)
      expect(await exists(blob)).to.be.true()
      await get().expireStep({ now: NOW + TTL, limit: 10 })
      await purge(NOW + TTL, NOW + TTL)
      expect(await exists(blob)).to.be.false()
    })

    it('is purged an hour after it was made when nothing took it over', async () => {
      const blob = await get().createBlob({ now: NOW })
      await get().appendBlob({ blob, offset: 0, data: bytes(10) })
      await purge(NOW + HOUR - 1)
      expect(await exists(blob)).to.be.true()
      await purge(NOW + HOUR)
      expect(await exists(blob)).to.be.false()
    })

    it('goes when a newer version of a result takes its place, however large', async () => {
      const input = arrival()
      const blob = await get().createBlob({ now: NOW })
      await get().receiveTask(input)

      for (let i = 0; i < 40; i++) {
        await get().appendBlob({ blob, offset: i * 100, data: bytes(100) })
      }

      const put = { task: input.task, from: 'worker.s1.net', to: ['asker.s2.net'], status: 'succeeded' as const, metadata: 'null', incarnation: 1, now: NOW }
      await get().putResult({ ...put, body: blobBody(blob, 0, bytes(4_000)) })
      await purge(NOW)
      expect(await exists(blob)).to.be.true()
      await get().putResult({ ...put, body: textBody('small') })
      await purge(NOW)
      expect(await exists(blob)).to.be.false()
    })

    it('refuses a body that is both or neither, or whose blob is gone, and stores nothing', async () => {
      const input = creation()

      for (const body of [{ ...input.body, inline: undefined }, { ...input.body, blob: { id: 1, offset: 0 } }, blobBody(99, 0, bytes(1))]) {
        await expect(get().createTask({ ...input, body })).to.eventually.be.rejected.with.property('code', 'STORE_MISUSE')
      }

      expect(await get().findTasks({ id: input.task.id })).to.be.empty()
      expect(await get().countOpen({ creator: 's1.net', now: NOW })).to.deep.equal({ tasks: 0, bytes: 0 })
    })
  })

  describe('inbound', () => {
    const begin = { envelopeId: bytes(16), site: OTHER, hash: bytes(32), now: NOW }

    it('resumes where it was, chunk by chunk', async () => {
      const chunks = [bytes(1_000), bytes(1_000), bytes(10)]
      const { blob, chunks: none } = await get().beginInbound(begin)
      const append = async (chunk: number): Promise<boolean> => get().appendInbound({ envelopeId: begin.envelopeId, chunk, data: chunks[chunk] })

      expect(none).to.equal(0)
      expect(await append(1), 'not the next one').to.be.false()
      expect(await append(0)).to.be.true()
      expect(await append(0), 'a repeat').to.be.false()
      expect(await get().beginInbound(begin)).to.deep.equal({ blob, chunks: 1 })
      expect(await append(1)).to.be.true()
      expect(await append(2)).to.be.true()
      expect(Buffer.compare(await get().readBlob({ blob, offset: 0, length: 5_000 }), Buffer.concat(chunks))).to.equal(0)
      expect(await get().appendInbound({ envelopeId: bytes(16), chunk: 0, data: bytes(1) })).to.be.false()
    })

    it('starts from nothing when the envelope was sealed anew, or comes from another site', async () => {
      const first = await get().beginInbound(begin)
      await get().appendInbound({ envelopeId: begin.envelopeId, chunk: 0, data: bytes(10) })
      const second = await get().beginInbound({ ...begin, hash: bytes(32) })

      expect(second.chunks).to.equal(0)
      expect(second.blob).to.not.equal(first.blob)
      await purge(NOW)
      expect(await exists(first.blob)).to.be.false()
      expect((await get().beginInbound({ ...begin, site: THIRD })).blob).to.not.equal(second.blob)
    })

    it('hands its bytes over to the task in the same commit', async () => {
      const data = bytes(500)
      const { blob } = await get().beginInbound(begin)
      await get().appendInbound({ envelopeId: begin.envelopeId, chunk: 0, data })
      const input = arrival({ expires: NOW + 50 * HOUR }, { envelopeId: begin.envelopeId, body: blobBody(blob, 4, data) })
      await get().receiveTask(input)
      // a crash may come between the two, or a careless caller
      await get().endInbound({ envelopeId: begin.envelopeId, keepBlob: false })
      await purge(NOW + 48 * HOUR)

      expect(await exists(blob)).to.be.true()
    })

    it('throws the bytes away when told, or when nobody resumes it for a day', async () => {
      const first = await get().beginInbound(begin)
      await get().appendInbound({ envelopeId: begin.envelopeId, chunk: 0, data: bytes(500) })
      await get().endInbound({ envelopeId: begin.envelopeId, keepBlob: false })
      await purge(NOW)
      expect(await exists(first.blob)).to.be.false()

      const second = await get().beginInbound(begin)
      await get().beginInbound({ ...begin, now: NOW + HOUR })
      await purge(NOW + 24 * HOUR)
      expect(await exists(second.blob)).to.be.true()
      await purge(NOW + 25 * HOUR)
      expect(await exists(second.blob)).to.be.false()
    })

    it('goes with its bytes when the task or result that it brought is not stored', async () => {
      const asked = creation({ to: ['worker.s2.net'] })
      const first = arrival()
      await get().createTask(asked)
      await get().receiveTask(first)
      const result = { site: OTHER, task: asked.task, from: 'worker.s2.net', to: ['asker.s1.net'], status: 'succeeded' as const, metadata: 'null', incarnation: 1, revision: 2, now: NOW, dedupUntil: NOW + TTL }
      await get().receiveResult({ ...result, envelopeId: bytes(16), envelopeHash: bytes(32), body: textBody('newer') })

      const outcomes = {
        conflict: async (body) => get().receiveTask(arrival({ id: first.task.id }, { body })),
        'duplicate task': async (body) => get().receiveTask({ ...first, body }),
        'unknown task': async (body) => get().receiveResult({ ...result, task: { creator: SELF, id: 'none' }, envelopeId: bytes(16), envelopeHash: bytes(32), body }),
        older: async (body) => get().receiveResult({ ...result, revision: 1, envelopeId: bytes(16), envelopeHash: bytes(32), body })
      } satisfies Record<string, (body: StoredBody) => Promise<{ kind: string }>>

      for (const [name, receive] of Object.entries(outcomes)) {
        const data = bytes(100_000)
        const envelopeId = bytes(16)
        const { blob } = await get().beginInbound({ ...begin, envelopeId })
        await get().appendInbound({ envelopeId, chunk: 0, data })
        const made = await get().createBlob({ now: NOW })
        await get().appendBlob({ blob: made, offset: 0, data })

        for (const id of [blob, made]) {
          expect((await receive(blobBody(id, 0, data))).kind, name).to.not.equal('stored')
          await purge(NOW)
          expect(await exists(id), name).to.be.false()
        }

        expect((await get().beginInbound({ ...begin, envelopeId })).chunks, name).to.equal(0)
      }
    })

    it('a repeat does not take the bytes of the first away', async () => {
      const data = bytes(100_000)
      const blob = await get().createBlob({ now: NOW })
      await get().appendBlob({ blob, offset: 0, data })
      const input = arrival({}, { body: blobBody(blob, 0, data) })
      await get().receiveTask(input)

      expect(await get().receiveTask(input)).to.have.property('kind', 'duplicate')
      await purge(NOW)
      expect(await exists(blob)).to.be.true()
    })

    it('of one site only so many are kept: that which nobody resumed for longest goes', async () => {
      const ids = Array.from({ length: MAX_INBOUND }, () => bytes(16))
      const blobs: number[] = []
      const theirs = await get().beginInbound({ ...begin, envelopeId: bytes(16), site: THIRD, now: NOW - 1 })
      await get().appendBlob({ blob: theirs.blob, offset: 0, data: bytes(10) })

      for (const [i, envelopeId] of ids.entries()) {
        blobs.push((await get().beginInbound({ ...begin, envelopeId, now: NOW + i })).blob)
        await get().appendInbound({ envelopeId, chunk: 0, data: bytes(10) })
      }

      // resumed: now the second is the oldest
      await get().beginInbound({ ...begin, envelopeId: ids[0], now: NOW + 100 })
      await get().beginInbound({ ...begin, envelopeId: bytes(16), now: NOW + 101 })
      await purge(NOW)

      expect(await Promise.all(blobs.map(exists))).to.deep.equal(blobs.map((_, i) => i !== 1))
      expect(await exists(theirs.blob), 'of another site').to.be.true()
      expect(await get().appendInbound({ envelopeId: ids[1], chunk: 1, data: bytes(10) })).to.be.false()
    })

    it('keeps the bytes for an hour when told to keep them', async () => {
      const { blob } = await get().beginInbound(begin)
      await get().endInbound({ envelopeId: begin.envelopeId, keepBlob: true })
      await purge(NOW + HOUR - 1)
      expect(await exists(blob)).to.be.true()
      await purge(NOW + HOUR)
      expect(await exists(blob)).to.be.false()
    })
  })
}

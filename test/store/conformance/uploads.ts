import { createHash } from 'node:crypto'
import { expect } from 'aegir/chai'
import { MAX_USED } from '../../../src/store/rows/upload.ts'
import { NOW, arrival, bytes, creation } from '../fixtures.ts'
import type { Store, StoredBody } from '../../../src/store/index.ts'

const HOUR = 3_600_000
const APP = 'asker.s1.net'
const WIDE = { maxCount: 10, maxBytes: 1_000_000_000 }

export function suiteUploads (get: () => Store): void {
  const whole = async (id: string, data: Uint8Array): Promise<StoredBody> => {
    const sha256 = new Uint8Array(createHash('sha256').update(data).digest())
    await get().beginUpload({ id, app: APP, now: NOW, ...WIDE })
    await get().appendUpload({ id, app: APP, offset: 0, data, now: NOW, maxBytes: WIDE.maxBytes })
    expect(await get().completeUpload({ id, app: APP, size: data.byteLength, sha256, now: NOW })).to.equal(true)
    const upload = await get().findUpload({ id, app: APP, now: NOW })

    return { size: data.byteLength, sha256, blob: { id: upload?.blob ?? 0, offset: 0 }, upload: id }
  }

  describe('uploads', () => {
    it('grow at their end alone, for their app alone', async () => {
      await get().beginUpload({ id: 'u', app: APP, now: NOW, ...WIDE })
      const append = async (app: string, offset: number): Promise<string> => (await get().appendUpload({ id: 'u', app, offset, data: bytes(10), now: NOW, maxBytes: 1_000 })).kind

      expect(await append(APP, 0)).to.equal('appended')
      expect(await append(APP, 0)).to.equal('elsewhere')
      expect(await append(APP, 11)).to.equal('elsewhere')
      expect(await append('other.s1.net', 10)).to.equal('unknown')
      expect(await append(APP, 10)).to.equal('appended')
      expect(await get().findUpload({ id: 'u', app: APP, now: NOW })).to.include({ size: 20 })
      expect(await get().completeUpload({ id: 'u', app: APP, size: 10, sha256: bytes(32), now: NOW })).to.equal(false)
    })

    it('are bounded by count and bytes, announced ones included', async () => {
      const begin = async (id: string, length?: number): Promise<string> => (await get().beginUpload({ id, app: APP, length, now: NOW, maxCount: 2, maxBytes: 100 })).kind

      expect(await begin('a', 60)).to.equal('begun')
      expect(await begin('b', 60)).to.equal('too-much')
      expect(await begin('b')).to.equal('begun')
      expect(await begin('c')).to.equal('too-many')
      expect((await get().appendUpload({ id: 'b', app: APP, offset: 0, data: bytes(41), now: NOW, maxBytes: 100 })).kind).to.equal('too-much')
      expect((await get().appendUpload({ id: 'b', app: APP, offset: 0, data: bytes(40), now: NOW, maxBytes: 100 })).kind).to.equal('appended')
      expect((await get().appendUpload({ id: 'a', app: APP, offset: 0, data: bytes(60), now: NOW, maxBytes: 100 })).kind, 'counted when it was announced').to.equal('appended')
    })

    it('that were used are remembered, of each app the newest so many', async () => {
      const names = Array.from({ length: MAX_USED + 3 }, (_, i) => `used ${i}`)
      const others = { id: 'of another app', app: 'other.s1.net', now: NOW }
      const data = bytes(10)
      const sha256 = new Uint8Array(createHash('sha256').update(data).digest())
      const use = async ({ id, app, now }: { id: string, app: string, now: number }): Promise<void> => {
        const outcomes = await Promise.all([
          get().beginUpload({ id, app, now, maxCount: 10_000, maxBytes: WIDE.maxBytes }),
          get().appendUpload({ id, app, offset: 0, data, now, maxBytes: WIDE.maxBytes }),
          get().completeUpload({ id, app, size: 10, sha256, now })
        ])
        expect(outcomes[2]).to.equal(true)
        const upload = await get().findUpload({ id, app, now })
        await get().createTask(creation({ from: app, to: ['worker.s1.net'] }, { deliveries: [], body: { size: 10, sha256, blob: { id: upload?.blob ?? 0, offset: 0 }, upload: id } }))
      }
      const known = async (id: string, app = APP): Promise<boolean> => (await get().findUpload({ id, app, now: NOW + 5_000 })) != null

      await use(others)
      await Promise.all(names.map(async (id, i) => use({ id, app: APP, now: NOW + i })))
      expect(await known(names[0]), 'until the next one begins').to.equal(true)
      await get().beginUpload({ id: 'next', app: APP, now: NOW + 5_000, ...WIDE })

      expect(await Promise.all(names.slice(0, 4).map(async (id) => known(id)))).to.deep.equal([false, false, false, true])
      expect(await known(names[names.length - 1])).to.equal(true)
      expect(await known(others.id, others.app)).to.equal(true)
      expect(await get().findUpload({ id: names[3], app: APP, now: NOW + 5_000 })).to.not.have.property('blob')
    })

    it('are taken over once, with their bytes', async () => {
      const data = bytes(700_000)
      const body = await whole('u', data)

      expect(await get().createTask(creation({}, { body }))).to.include({ kind: 'created' })
      await expect(get().createTask(creation({}, { body }))).to.eventually.be.rejectedWith(/body_ref/)
      expect(await get().findUpload({ id: 'u', app: APP, now: NOW })).to.include({ id: 'u' }).and.not.to.have.property('blob')
      expect(await get().dropUpload({ id: 'u', app: APP })).to.equal(false)
      await get().purgeStep({ before: 0, now: NOW + 2 * HOUR, limit: 10 })
      expect(Buffer.compare(await get().readBlob({ blob: body.blob?.id ?? 0, offset: 0, length: data.byteLength }), data)).to.equal(0)
    })

    it('that nobody used are purged', async () => {
      const body = await whole('u', bytes(700_000))
      await get().purgeStep({ before: 0, now: NOW + HOUR - 1, limit: 10 })
      expect(await get().readBlob({ blob: body.blob?.id ?? 0, offset: 0, length: 1 })).to.have.lengthOf(1)
      await get().purgeStep({ before: 0, now: NOW + HOUR, limit: 10 })
      await expect(get().readBlob({ blob: body.blob?.id ?? 0, offset: 0, length: 1 })).to.eventually.be.rejected()
      expect(await get().findUpload({ id: 'u', app: APP, now: NOW })).to.equal(undefined)
    })

    it('bytes too many for a row become a blob in the commit of their task', async () => {
      const inline = bytes(700_000)
      const sha256 = new Uint8Array(createHash('sha256').update(inline).digest())
      const outcome = await get().createTask(creation({}, { body: { size: inline.byteLength, sha256, inline } }))
      const received = arrival({}, { body: { size: inline.byteLength, sha256, inline } })
      await get().receiveTask(received)
      const [task] = await get().findTasks({ id: received.task.id })

      for (const blob of [outcome.kind === 'created' ? outcome.body?.blob?.id : undefined, task.body.blob?.id]) {
        expect(Buffer.compare(await get().readBlob({ blob: blob ?? 0, offset: 0, length: inline.byteLength }), inline)).to.equal(0)
      }
    })
  })
}

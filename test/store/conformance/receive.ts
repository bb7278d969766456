import { expect } from 'aegir/chai'
import { MAX_REFUSALS } from '../../../src/store/rows/received.ts'
import { REUSE_SKEW } from '../../../src/store/transitions/receive-task.ts'
import { NOW, OTHER, THIRD, TTL, arrival, bytes } from '../fixtures.ts'
import type { ReceiveTask, Store } from '../../../src/store/index.ts'

export function suiteReceive (get: () => Store): void {
  describe('receiveTask', () => {
    it('stores it with the hash of its envelope and gives it to its recipients', async () => {
      const input = arrival({}, { localExpires: NOW + TTL + 7 })
      const outcome = await get().receiveTask(input)
      const [task] = await get().listTasks({ app: 'worker.s1.net', todo: true, now: NOW, limit: 10 })

      expect(outcome).to.have.property('kind', 'stored')
      expect(task).to.deep.include({ id: input.task.id, envelopeHash: input.envelopeHash, localExpires: NOW + TTL + 7, body: input.body })
    })

    it('has effect once: a repeat is answered as the first time', async () => {
      const input = arrival()
      await get().receiveTask(input)

      expect(await get().receiveTask({ ...input, envelopeHash: bytes(32) })).to.deep.equal({ kind: 'duplicate', hash: input.envelopeHash, outcome: 0, reason: '' })
      expect(await get().findTasks({ id: input.task.id })).to.have.lengthOf(1)
    })

    it('still knows a repeat after the task expired and was purged', async () => {
      const input = arrival()
      const later = NOW + TTL + 1
      await get().receiveTask(input)
      await get().expireStep({ now: later, limit: 10 })
      await get().purgeStep({ before: later, now: later, limit: 10 })

      expect(await get().findTasks({ id: input.task.id })).to.be.empty()
      expect(await get().receiveTask({ ...input, now: later })).to.have.property('kind', 'duplicate')
    })

    it('refuses another envelope for an unexpired id, and remembers that', async () => {
      const first = arrival()
      const second = arrival({ id: first.task.id, metadata: '"other"' })
      await get().receiveTask(first)

      expect(await get().receiveTask(second)).to.deep.equal({ kind: 'refused', reason: 'conflict' })
      expect(await get().receiveTask(second)).to.deep.equal({ kind: 'duplicate', hash: second.envelopeHash, outcome: 1, reason: 'conflict' })
      expect((await get().findTasks({ id: first.task.id }))[0].metadata).to.equal('null')
    })

    it('replaces an expired task of the same id', async () => {
      const first = arrival()
      const second = arrival({ id: first.task.id, expires: NOW + 2 * TTL }, { now: NOW + TTL })
      await get().receiveTask(first)

      expect(await get().receiveTask(second)).to.have.property('kind', 'stored')
      expect((await get().findTasks({ id: first.task.id })).map(task => task.envelopeHash)).to.deep.equal([second.envelopeHash])
    })

    it('replaces a task that is over for its creator, though not yet by this clock; never a newer by an older', async () => {
      const first = arrival({ expires: NOW + 1_000 }, { localExpires: NOW + 301_000 })
      const again = (created: number): ReceiveTask => arrival({ id: first.task.id, created, expires: created + TTL }, { localExpires: created + TTL })
      await get().receiveTask(first)

      expect(await get().receiveTask(again(NOW))).to.have.property('reason', 'conflict')
      const second = again(NOW + 1_000)
      expect(await get().receiveTask(second)).to.have.property('kind', 'stored')
      expect((await get().findTasks({ id: first.task.id })).map(task => task.envelopeHash)).to.deep.equal([second.envelopeHash])
      expect(await get().countOpen({ creator: OTHER, now: NOW })).to.have.property('tasks', 1)
      expect(await get().receiveTask({ ...first, envelopeId: bytes(16) }), 'the earlier life, late').to.have.property('reason', 'conflict')

      const long = arrival({ expires: NOW + 2 * REUSE_SKEW })
      await get().receiveTask(long)
      expect(await get().receiveTask(arrival({ id: long.task.id, created: NOW + REUSE_SKEW - 1, expires: NOW + 3 * REUSE_SKEW }))).to.have.property('reason', 'conflict')
      expect(await get().receiveTask(arrival({ id: long.task.id, created: NOW + REUSE_SKEW, expires: NOW + 3 * REUSE_SKEW }))).to.have.property('kind', 'stored')
    })

    it('does not let one site use up the envelope id of another', async () => {
      const theirs = arrival({ creator: THIRD, from: 'asker.s3.net' })
      const mine = arrival({}, { envelopeId: theirs.envelopeId })
      await get().receiveTask(theirs)

      expect(await get().receiveTask(mine)).to.have.property('kind', 'stored')
      expect(await get().findReceived({ envelopeId: mine.envelopeId, site: OTHER })).to.deep.equal({ site: OTHER, hash: mine.envelopeHash, outcome: 0, reason: '' })
      expect(await get().findReceived({ envelopeId: mine.envelopeId, site: THIRD })).to.have.deep.property('hash', theirs.envelopeHash)
    })

    it('refuses instants that no disk can give back', async () => {
      for (const expires of [2 ** 63, 2 ** 53, 1.5, Number.NaN]) {
        const input = arrival({ expires }, { localExpires: NOW + TTL, dedupUntil: NOW + TTL })

        expect(await get().receiveTask(input)).to.deep.equal({ kind: 'refused', reason: 'malformed' })
        expect(await get().receiveTask(input)).to.have.property('kind', 'duplicate')
      }

      await get().receiveTask(arrival({}, { localExpires: NOW + TTL + 0.5 }))
      expect(await get().listTasks({ app: 'worker.s1.net', todo: true, now: NOW, limit: 10 })).to.have.lengthOf(1)
    })

    it('remembers refusals that were decided before it', async () => {
      const refusal = { envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, reason: 'expired', dedupUntil: NOW + TTL }
      await get().recordRefusal(refusal)
      await get().recordRefusal({ ...refusal, reason: 'second' })

      expect(await get().findReceived({ envelopeId: refusal.envelopeId })).to.deep.equal({ site: OTHER, hash: refusal.envelopeHash, outcome: 1, reason: 'expired' })
      expect(await get().findReceived({ envelopeId: bytes(16) })).to.be.undefined()
      expect(await get().receiveTask(arrival({}, { envelopeId: refusal.envelopeId }))).to.have.property('kind', 'duplicate')
    })

    it('remembers so many refusals of one site, and what it stored in any case', async () => {
      const stored = arrival({}, { dedupUntil: NOW + 1 })
      const refuse = async (site: string, dedupUntil: number): Promise<Uint8Array> => {
        const envelopeId = bytes(16)
        await get().recordRefusal({ envelopeId, envelopeHash: bytes(32), site, reason: 'expired', dedupUntil })

        return envelopeId
      }
      const known = async (ids: Uint8Array[]): Promise<boolean[]> => Promise.all(ids.map(async (envelopeId) => await get().findReceived({ envelopeId }) != null))
      await get().receiveTask(stored)
      const theirs = await refuse(THIRD, NOW + 1)
      const ids = await Promise.all(Array.from({ length: MAX_REFUSALS + 3 }, async (_, i) => refuse(OTHER, NOW + 10 + i)))

      expect(await known([stored.envelopeId, theirs])).to.deep.equal([true, true])
      expect(await known(ids)).to.deep.equal(ids.map((_, i) => i >= 3))
    })

    it('forgets answers when the envelope can not come again', async () => {
      const input = arrival({}, { dedupUntil: NOW + 10 })
      await get().receiveTask(input)
      await get().purgeStep({ before: NOW, now: NOW + 9, limit: 10 })
      expect(await get().findReceived({ envelopeId: input.envelopeId })).to.not.be.undefined()
      await get().purgeStep({ before: NOW, now: NOW + 10, limit: 10 })
      expect(await get().findReceived({ envelopeId: input.envelopeId })).to.be.undefined()
    })
  })
}

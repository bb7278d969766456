import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, bytes, creation, newDelivery } from '../fixtures.ts'
import type { Store } from '../../../src/store/index.ts'

export function suiteOperator (get: () => Store): void {
  describe('what an operator asks', () => {
    it('lists what waits, oldest first, with the reason when it is parked; what is settled or expired is gone', async () => {
      const both = { deliveries: [newDelivery(OTHER), newDelivery(THIRD)] }
      const first = creation({ to: ['worker.s2.net', 'worker.s3.net'] }, both)
      const second = creation()
      await get().createTask(first)
      await get().createTask({ ...second, now: NOW + 5 })
      await get().parkDeliveries({ site: THIRD, reason: 'revoked', now: NOW + 1 })

      const all = await get().listWaiting({ limit: 10, now: NOW })

      expect(all.map(({ site, kind, task, state, since, reason }) => ({ site, kind, id: task.id, state, since, reason }))).to.deep.equal([
        { site: OTHER, kind: 'task', id: first.task.id, state: 'queued', since: NOW, reason: undefined },
        { site: THIRD, kind: 'task', id: first.task.id, state: 'parked', since: NOW + 1, reason: 'revoked' },
        { site: OTHER, kind: 'task', id: second.task.id, state: 'queued', since: NOW + 5, reason: undefined }
      ])
      expect(await get().listWaiting({ limit: 1, now: NOW })).to.deep.equal([all[0]])
      expect(await get().listWaiting({ site: THIRD, limit: 10, now: NOW })).to.deep.equal([all[1]])
      expect(await get().listWaiting({ limit: 10, now: NOW + TTL })).to.deep.equal([])

      await get().settleDelivery({ envelopeId: first.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW })
      expect((await get().listWaiting({ limit: 10, now: NOW })).map(({ task }) => task.id)).to.deep.equal([first.task.id, second.task.id])
    })

    it('sums what is open and what waits', async () => {
      expect(await get().gauges({ self: SELF, now: NOW })).to.deep.equal({ own: { count: 0, bytes: 0 }, received: { count: 0, bytes: 0 }, queued: { count: 0, bytes: 0 }, parked: { count: 0, bytes: 0 } })

      const input = creation({ to: ['worker.s2.net', 'worker.s3.net'] }, { deliveries: [newDelivery(OTHER), newDelivery(THIRD)] })
      const came = arrival()
      await get().createTask(input)
      await get().receiveTask(came)
      await get().parkDeliveries({ site: THIRD, reason: 'revoked', now: NOW + 1 })
      const one = { count: 1, bytes: input.body.size }

      expect(await get().gauges({ self: SELF, now: NOW })).to.deep.equal({ own: one, received: { count: 1, bytes: came.body.size }, queued: one, parked: one, oldest: NOW })
      expect(await get().gauges({ self: SELF, now: NOW + TTL })).to.deep.include({ queued: { count: 0, bytes: 0 }, parked: { count: 0, bytes: 0 } })
    })

    it('narrows the newest tasks by app, age and place', async () => {
      const inputs = [creation(), creation({ from: 'other.s1.net', to: ['third.s2.net'] }), creation()]

      for (const [index, input] of inputs.entries()) {
        await get().createTask({ ...input, task: { ...input.task, created: NOW + index } })
      }

      const ids = async (filter: object): Promise<string[]> => (await get().recentTasks({ limit: 10, now: NOW, ...filter })).map(({ id }) => id)
      const [a, b, c] = inputs.map(({ task }) => task.id)

      expect(await ids({})).to.deep.equal([c, b, a])
      expect(await ids({ app: 'other.s1.net' })).to.deep.equal([b])
      expect(await ids({ app: 'third.s2.net' })).to.deep.equal([b])
      expect(await ids({ app: 'nobody.s1.net' })).to.deep.equal([])
      expect(await ids({ before: NOW + 1 })).to.deep.equal([b, a])
      const [newest] = await get().recentTasks({ limit: 1, now: NOW })
      expect(await ids({ below: newest.seq })).to.deep.equal([b, a])
    })

    it('sets the clock\'s mark back when told', async () => {
      expect(await get().touchClock({ now: NOW + 1_000_000 })).to.equal(NOW + 1_000_000)
      expect(await get().resetClock({ now: NOW })).to.equal(NOW + 1_000_000)
      expect(await get().touchClock({ now: NOW - 5 })).to.equal(NOW)
      expect(await get().touchClock({ now: NOW + 5 })).to.equal(NOW + 5)
    })
  })
}

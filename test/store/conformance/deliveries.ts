import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, bytes, creation, newDelivery, textBody } from '../fixtures.ts'
import type { RecipientDelivery, Store, TaskKey, WorkStatus } from '../../../src/store/index.ts'

export function suiteDeliveries (get: () => Store): void {
  const states = async (task: TaskKey, now = NOW): Promise<RecipientDelivery[]> => get().listDeliveries({ task, now })
  const receive = async (task: TaskKey, status: WorkStatus, revision: number, now: number): Promise<void> => {
    await get().receiveResult({ envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, task, from: 'worker.s2.net', to: ['asker.s1.net'], status, metadata: 'null', body: textBody(''), incarnation: 1, revision, now, dedupUntil: NOW + TTL })
  }

  describe('deliveries', () => {
    it('stands with each recipient: queued, delivered, claimed, answered', async () => {
      const input = creation({ to: ['worker.s2.net', 'worker.s1.net'] })
      const envelopeId = input.deliveries[0].envelopeId
      await get().createTask(input)
      const local = { to: 'worker.s1.net', state: 'delivered', since: NOW, delivered: NOW }

      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s2.net', state: 'queued', since: NOW }, local])
      await get().settleDelivery({ envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW + 1 })
      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s2.net', state: 'delivered', since: NOW + 1, delivered: NOW + 1 }, local])
      await receive(input.task, 'claimed', 1, NOW + 2)
      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s2.net', state: 'claimed', since: NOW + 2, delivered: NOW + 1, status: 'claimed' }, local])
      await receive(input.task, 'tempfailed', 2, NOW + 3)
      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s2.net', state: 'answered', since: NOW + 3, delivered: NOW + 1, status: 'tempfailed' }, local])
      expect((await states(input.task, NOW + TTL)).map(delivery => delivery.state), 'an answer stays one').to.deep.equal(['answered', 'expired'])
    })

    it('says why an envelope was refused', async () => {
      const input = creation({ to: ['worker.s2.net', 's2.net'] })
      await get().createTask(input)
      await get().settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'refused', reason: 'conflict', now: NOW + 1 })

      expect(await states(input.task, NOW + TTL)).to.deep.equal(['worker.s2.net', 's2.net'].map(to => ({ to, state: 'refused', since: NOW + 1, reason: 'conflict' })))
    })

    it('is settled once, only by the site it was meant for, and loses its seed', async () => {
      const input = creation()
      const envelopeId = input.deliveries[0].envelopeId
      const receipt = { envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered' as const, now: NOW }
      await get().createTask(input)

      expect(await get().settleDelivery({ ...receipt, site: THIRD })).to.deep.equal({ kind: 'unknown' })
      expect(await get().settleDelivery({ ...receipt, envelopeId: bytes(16) })).to.deep.equal({ kind: 'unknown' })
      expect(await get().readOutbox({ envelopeId })).to.not.be.undefined()
      const settled = await get().settleDelivery(receipt)
      expect(settled).to.have.nested.property('item.task.id', input.task.id)
      expect(await get().settleDelivery(receipt)).to.deep.equal({ kind: 'unknown' })
      expect(await get().readOutbox({ envelopeId })).to.be.undefined()
      expect(await get().outboxSites({ now: NOW })).to.be.empty()
    })

    it('counts what waits for each site, and lists it in order', async () => {
      const inputs = [1, 2, 3].map(() => creation({ to: ['worker.s2.net', 'worker.s3.net'] }, { deliveries: [newDelivery(OTHER), newDelivery(THIRD)] }))

      for (const input of inputs) {
        await get().createTask(input)
      }

      const size = inputs[0].body.size
      const items = await get().listOutbox({ site: THIRD, after: 0, limit: 10, now: NOW })

      expect(await get().outboxSites({ now: NOW })).to.have.deep.members([{ site: OTHER, count: 3, bytes: 3 * size }, { site: THIRD, count: 3, bytes: 3 * size }])
      expect(items.map(item => item.task.id)).to.deep.equal(inputs.map(input => input.task.id))
      expect((await get().listOutbox({ site: THIRD, after: items[0].seq, limit: 1, now: NOW })).map(item => item.seq)).to.deep.equal([items[1].seq])
      expect(await get().listOutbox({ site: THIRD, after: 0, limit: 10, now: NOW + TTL })).to.be.empty()
      expect(await get().outboxSites({ now: NOW + TTL })).to.be.empty()
    })

    it('parks what waits for a site with a reason, and queues it again', async () => {
      const input = creation({ to: ['worker.s2.net', 'worker.s3.net'] }, { deliveries: [newDelivery(OTHER), newDelivery(THIRD)] })
      await get().createTask(input)
      await get().createTask(creation({ expires: NOW + 2 }))

      expect(await get().parkDeliveries({ site: OTHER, reason: 'revoked', now: NOW + 1 })).to.equal(2)
      expect(await get().parkDeliveries({ site: OTHER, reason: 'again', now: NOW + 1 })).to.equal(0)
      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s2.net', state: 'parked', since: NOW + 1, reason: 'revoked' }, { to: 'worker.s3.net', state: 'queued', since: NOW }])
      expect(await get().listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })).to.be.empty()
      expect(await get().readOutbox({ envelopeId: input.deliveries[0].envelopeId })).to.be.undefined()
      expect(await get().unparkDeliveries({ site: OTHER, now: NOW + 3 }), 'unexpired ones only').to.equal(1)
      expect((await states(input.task))[0]).to.deep.equal({ to: 'worker.s2.net', state: 'queued', since: NOW + 3 })
      expect((await get().readOutbox({ envelopeId: input.deliveries[0].envelopeId }))?.item.seed).to.deep.equal(input.deliveries[0].seed)
    })

    it('speaks for the recipients of this site only when the task is another\'s', async () => {
      const input = arrival({ to: ['worker.s1.net', 'worker.s3.net'] })
      await get().receiveTask(input)

      expect(await states(input.task)).to.deep.equal([{ to: 'worker.s1.net', state: 'delivered', since: NOW, delivered: NOW }])
      expect(await states({ creator: SELF, id: input.task.id })).to.be.empty()
    })
  })
}

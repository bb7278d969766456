import { expect } from 'aegir/chai'
import { NOW, OTHER, TTL, arrival, creation, newDelivery, textBody } from '../fixtures.ts'
import type { Store } from '../../../src/store/index.ts'

export function suiteExpiry (get: () => Store): void {
  describe('expiry and purge', () => {
    it('expires in steps, the earliest first, and ends what waits for them', async () => {
      const inputs = [3, 1, 2].map(n => creation({ expires: NOW + n }))

      for (const input of inputs) {
        await get().createTask(input)
      }

      const first = await get().expireStep({ now: NOW + 2, limit: 1 })
      expect(first).to.deep.equal({ tasks: [{ creator: 's1.net', id: inputs[1].task.id }], deliveries: [inputs[1].deliveries[0].envelopeId], more: true })
      const second = await get().expireStep({ now: NOW + 2, limit: 5 })
      expect(second).to.deep.equal({ tasks: [{ creator: 's1.net', id: inputs[2].task.id }], deliveries: [inputs[2].deliveries[0].envelopeId], more: false })
      expect(await get().expireStep({ now: NOW + 2, limit: 5 })).to.deep.equal({ tasks: [], deliveries: [], more: false })
      expect(await get().listDeliveries({ task: inputs[1].task, now: NOW + 2 })).to.deep.equal([{ to: 'worker.s2.net', state: 'expired', since: NOW + 1 }])
      expect((await get().listOutbox({ site: OTHER, after: 0, limit: 5, now: NOW })).map(item => item.task.id)).to.deep.equal([inputs[0].task.id])
    })

    it('keeps expired tasks and results until they are purged, then nothing', async () => {
      const input = creation({ to: ['worker.s1.net', 'worker.s2.net'] })
      await get().createTask(input)
      await get().putResult({ task: input.task, from: 'worker.s1.net', to: ['asker.s1.net'], status: 'succeeded', metadata: 'null', body: textBody('42'), incarnation: 1, now: NOW })
      const later = NOW + TTL
      await get().expireStep({ now: later, limit: 10 })

      expect(await get().listTasks({ app: 'worker.s1.net', todo: false, now: NOW, limit: 10 })).to.be.empty()
      expect(await get().purgeStep({ before: later - 1, now: later, limit: 10 })).to.deep.equal({ tasks: [], more: false })
      expect(await get().findTasks({ id: input.task.id })).to.have.lengthOf(1)
      expect(await get().listResults({ task: input.task })).to.have.lengthOf(1)
      expect(await get().purgeStep({ before: later, now: later, limit: 10 })).to.deep.equal({ tasks: [{ creator: 's1.net', id: input.task.id }], more: false })
      expect(await get().findTasks({ id: input.task.id })).to.be.empty()
      expect(await get().counts({ now: NOW })).to.include({ tasks: 0, results: 0, queued: 0 })
    })

    it('does not purge what did not expire first', async () => {
      await get().createTask(creation())

      expect(await get().purgeStep({ before: NOW + 10 * TTL, now: NOW, limit: 10 })).to.deep.equal({ tasks: [], more: false })
    })

    it('ends the result in the outbox with its task', async () => {
      const input = arrival()
      const delivery = newDelivery(OTHER)
      await get().receiveTask(input)
      await get().putResult({ task: input.task, from: 'worker.s1.net', to: ['asker.s2.net'], status: 'succeeded', metadata: 'null', body: textBody('42'), incarnation: 1, delivery, now: NOW })

      expect((await get().expireStep({ now: NOW + TTL, limit: 10 })).deliveries).to.deep.equal([delivery.envelopeId])
      expect(await get().readOutbox({ envelopeId: delivery.envelopeId })).to.be.undefined()
    })

    it('purges in small steps until nothing is left', async () => {
      for (let i = 0; i < 7; i++) {
        await get().createTask(creation({ expires: NOW + 1 }))
        await get().receiveTask(arrival({ expires: NOW + 1 }, { dedupUntil: NOW + 1 }))
      }

      const steps: number[] = []
      let more = true
      await get().expireStep({ now: NOW + 1, limit: 100 })

      while (more) {
        const step = await get().purgeStep({ before: NOW + 1, now: NOW + 1, limit: 5 })
        steps.push(step.tasks.length)
        more = step.more
      }

      expect(steps).to.deep.equal([5, 5, 4])
      expect(await get().recentTasks({ limit: 10, now: NOW })).to.be.empty()
    })

    it('never gives a number twice, also after everything was purged', async () => {
      const before = await get().createTask(creation({ expires: NOW + 1 })) as { seq: number }
      await get().expireStep({ now: NOW + 1, limit: 10 })
      await get().purgeStep({ before: NOW + 1, now: NOW + 1, limit: 10 })
      const after = await get().createTask(creation()) as { seq: number }

      expect(after.seq).to.be.above(before.seq)
    })

    it('remembers the highest clock', async () => {
      expect(await get().touchClock({ now: 100 })).to.equal(100)
      expect(await get().touchClock({ now: 99 })).to.equal(100)
      expect(await get().touchClock({ now: 101 })).to.equal(101)
    })
  })
}

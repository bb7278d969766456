import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, TTL, bytes, creation, newDelivery, textBody } from '../fixtures.ts'
import type { Store } from '../../../src/store/index.ts'

export function suiteCreate (get: () => Store): void {
  describe('createTask', () => {
    it('keeps every field and the body', async () => {
      const input = creation({ metadata: '{"a":[1,"ü"]}', failureStrategy: '{"retry":{"backoff_millisecs":1,"max_tries":2}}', ttl: '1m', to: ['worker.s2.net', 's3.net'] })
      const outcome = await get().createTask(input)
      const [task, ...rest] = await get().findTasks({ id: input.task.id })

      expect(outcome).to.have.property('kind', 'created')
      expect(rest).to.be.empty()
      expect(task).to.deep.equal({ ...input.task, seq: (outcome as { seq: number }).seq, body: input.body, localExpires: input.task.expires })
    })

    it('keeps an empty body', async () => {
      const input = creation({}, { body: textBody('') })
      await get().createTask(input)
      const [task] = await get().findTasks({ id: input.task.id })

      expect(task.body).to.deep.equal(input.body)
    })

    it('puts one envelope for each site into the outbox in the same commit', async () => {
      const deliveries = [newDelivery(OTHER), newDelivery(THIRD)]
      const input = creation({ to: ['worker.s2.net', 'other.s2.net', 'worker.s3.net'] }, { deliveries })
      await get().createTask(input)

      for (const delivery of deliveries) {
        const items = await get().listOutbox({ site: delivery.site, after: 0, limit: 10, now: NOW })

        expect(items).to.have.lengthOf(1)
        expect(items[0]).to.deep.include({ ...delivery, kind: 'task', task: { creator: SELF, id: input.task.id }, expires: input.task.expires, size: input.body.size })
        expect((await get().readOutbox({ envelopeId: delivery.envelopeId }))?.task).to.deep.include({ id: input.task.id, body: input.body })
      }
    })

    it('refuses the id of an unexpired task and changes nothing', async () => {
      const first = creation()
      const again = creation({ id: first.task.id, metadata: '"other"' }, { now: NOW + TTL - 1 })
      await get().createTask(first)

      expect(await get().createTask(again)).to.deep.equal({ kind: 'exists' })
      expect(await get().readOutbox({ envelopeId: again.deliveries[0].envelopeId })).to.be.undefined()
      expect((await get().findTasks({ id: first.task.id }))[0].metadata).to.equal('null')
    })

    it('replaces an expired task of the same id, its results and deliveries gone', async () => {
      const first = creation({ to: ['worker.s1.net', 'worker.s2.net'] })
      await get().createTask(first)
      await get().putResult({ task: first.task, from: 'worker.s1.net', to: [first.task.from], status: 'succeeded', metadata: 'null', body: textBody('42'), incarnation: 1, now: NOW })
      const later = NOW + TTL
      const second = creation({ id: first.task.id, to: ['worker.s1.net'], created: later, expires: later + TTL }, { deliveries: [], now: later })

      expect(await get().createTask(second)).to.have.property('kind', 'created')
      expect(await get().findTasks({ id: first.task.id })).to.have.lengthOf(1)
      expect(await get().listResults({ task: first.task })).to.be.empty()
      expect(await get().listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })).to.be.empty()
      expect(await get().listTasks({ app: 'worker.s1.net', todo: true, now: later, limit: 10 })).to.have.lengthOf(1)
    })

    it('tells two creators of one id apart', async () => {
      const mine = creation()
      await get().createTask(mine)
      const theirs = { ...mine.task, creator: OTHER, from: 'asker.s2.net', to: ['worker.s1.net'] }
      await get().receiveTask({ envelopeId: bytes(16), envelopeHash: bytes(32), task: theirs, body: textBody('b'), localExpires: theirs.expires, self: SELF, now: NOW, dedupUntil: NOW + TTL })

      expect((await get().findTasks({ id: mine.task.id })).map(task => task.creator)).to.deep.equal([SELF, OTHER])
    })

    it('counts what is open, by site and by app', async () => {
      const first = creation()
      await get().createTask(first)
      await get().createTask(creation({ from: 'second.s1.net', expires: NOW + 10 }))
      const size = first.body.size

      expect(await get().countOpen({ creator: SELF, now: NOW })).to.deep.equal({ tasks: 2, bytes: 2 * size })
      expect(await get().countOpen({ creator: SELF, from: 'asker.s1.net', now: NOW })).to.deep.equal({ tasks: 1, bytes: size })
      expect(await get().countOpen({ creator: SELF, now: NOW + 10 })).to.deep.equal({ tasks: 1, bytes: size })
      await get().expireStep({ now: NOW + 10, limit: 10 })
      expect(await get().countOpen({ creator: SELF, now: NOW + 10 })).to.deep.equal({ tasks: 1, bytes: size })
      expect(await get().countOpen({ creator: OTHER, now: NOW })).to.deep.equal({ tasks: 0, bytes: 0 })

      // replaced once its instant is over, whether or not the expiry was carried out
      await get().createTask(creation({ id: first.task.id, expires: NOW + 2 * TTL }, { now: NOW + TTL }))
      expect(await get().countOpen({ creator: SELF, now: NOW + TTL })).to.deep.equal({ tasks: 1, bytes: size })
    })

    it('counts metadata beyond 4 KiB like a body, until the task is over', async () => {
      const metadata = JSON.stringify('ä'.repeat(50_000))
      const input = creation({ metadata })
      await get().createTask(input)
      const bytes = input.body.size + Buffer.byteLength(metadata) - 4_096
      expect(await get().countOpen({ creator: SELF, now: NOW })).to.deep.equal({ tasks: 1, bytes })
      expect(await get().countOpen({ creator: SELF, now: input.task.expires }), 'due').to.deep.equal({ tasks: 0, bytes: 0 })
      await get().createTask(creation())
      await get().expireStep({ now: input.task.expires, limit: 10 })
      expect(await get().countOpen({ creator: SELF, now: NOW })).to.deep.equal({ tasks: 0, bytes: 0 })
    })
  })
}

import { expect } from 'aegir/chai'
import { NOW, OTHER, THIRD, arrival, bytes, creation, newDelivery, textBody } from '../fixtures.ts'
import type { Store } from '../../../src/store/index.ts'

/** What a site does when another one, or itself, was restored from a backup */
export function suiteRestored (open: () => Store): void {
  describe('a site that was restored', () => {
    const settle = async (store: Store, envelopeId: Uint8Array, site = OTHER): Promise<void> => {
      await store.settleDelivery({ envelopeId, site, hash: bytes(32), outcome: 'delivered', now: NOW })
    }
    const fresh = (seqs: number[]): Array<{ seq: number, envelopeId: Uint8Array, seed: Uint8Array }> => seqs.map(seq => ({ seq, envelopeId: bytes(16), seed: bytes(32) }))

    it('is offered again what it confirmed, in new envelopes', async () => {
      const store = open()
      const [mine, other, waiting] = [creation(), creation({ to: ['worker.s3.net'] }, { deliveries: [newDelivery(THIRD)] }), creation()]
      await Promise.all([mine, other, waiting].map(async input => store.createTask(input)))
      await settle(store, mine.deliveries[0].envelopeId)
      await settle(store, other.deliveries[0].envelopeId, THIRD)

      const seqs = await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW })
      expect(seqs).to.have.lengthOf(1)
      const rows = fresh(seqs)
      expect(await store.reofferDeliveries({ site: OTHER, rows, now: NOW })).to.equal(1)
      const queued = await store.listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })
      expect(queued.map(({ task }) => task.id)).to.have.members([mine.task.id, waiting.task.id])
      const again = queued.find(({ task }) => task.id === mine.task.id)
      expect(again).to.deep.include({ envelopeId: rows[0].envelopeId, seed: rows[0].seed })
      expect(await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW })).to.be.empty()
      expect(await store.reofferDeliveries({ site: OTHER, rows, now: NOW })).to.equal(0)
    })

    it('is not offered what is over or answered for good', async () => {
      const store = open()
      const [done, failing, over] = [creation(), creation(), creation({ expires: NOW + 10 })]
      await Promise.all([done, failing, over].map(async input => store.createTask(input)))
      await Promise.all([done, failing, over].map(async ({ deliveries }) => settle(store, deliveries[0].envelopeId)))

      for (const [{ task }, status] of [[done, 'succeeded'], [failing, 'tempfailed']] as const) {
        await store.receiveResult({ envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, task, from: 'worker.s2.net', to: ['asker.s1.net'], status, metadata: 'null', body: textBody('a'), incarnation: 1, revision: 1, now: NOW, dedupUntil: NOW + 1_000 })
      }

      const seqs = await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW + 20 })
      await store.reofferDeliveries({ site: OTHER, rows: fresh(seqs), now: NOW + 20 })
      expect((await store.listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW + 20 })).map(({ task }) => task.id)).to.deep.equal([failing.task.id])
    })

    it('is told again what was cancelled, also when it had answered for good', async () => {
      const store = open()
      const { task, deliveries: [delivery], ...rest } = creation()
      await store.createTask({ task, deliveries: [delivery], ...rest })
      await settle(store, delivery.envelopeId)
      await store.receiveResult({ envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, task, from: 'worker.s2.net', to: ['asker.s1.net'], status: 'succeeded', metadata: 'null', body: textBody('a'), incarnation: 1, revision: 1, now: NOW, dedupUntil: NOW + 1_000 })
      const word = newDelivery(OTHER)
      expect(await store.cancelTask({ task, deliveries: [word], now: NOW })).to.deep.include({ kind: 'cancelled', told: [word] })
      await settle(store, word.envelopeId)

      // its backup may hold the task as open
      const rows = fresh(await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW }))
      expect(rows, 'the word alone, and never the task').to.have.lengthOf(1)
      await store.reofferDeliveries({ site: OTHER, rows, now: NOW })
      expect((await store.listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })).map(({ kind, envelopeId }) => [kind, envelopeId])).to.deep.equal([['cancel', rows[0].envelopeId]])
    })

    it('is offered results again, whose answers count for the envelope it holds', async () => {
      const store = open()
      const theirs = arrival()
      await store.receiveTask(theirs)
      const delivery = newDelivery(OTHER)
      await store.putResult({ task: theirs.task, from: 'worker.s1.net', to: ['asker.s2.net'], status: 'succeeded', metadata: 'null', body: textBody('b'), incarnation: 1, delivery, now: NOW })
      await settle(store, delivery.envelopeId)
      const rows = fresh(await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW }))
      await store.reofferDeliveries({ site: OTHER, rows, now: NOW })
      const content = await store.readOutbox({ envelopeId: rows[0].envelopeId })
      expect(content?.result).to.deep.include({ status: 'succeeded', answers: theirs.envelopeHash })
    })

    it('may answer any envelope of the task that it confirmed, however often it was restored, and no other', async () => {
      const store = open()
      const { task, deliveries: [delivery], ...rest } = creation()
      await store.createTask({ task, deliveries: [delivery], ...rest })
      let revision = 0
      const answerTo = async (answers: Uint8Array): Promise<string> => (await store.receiveResult({ envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, task, from: 'worker.s2.net', to: ['asker.s1.net'], status: 'tempfailed', metadata: 'null', body: textBody('a'), answers, incarnation: 1, revision: ++revision, now: NOW, dedupUntil: NOW + 1_000 })).kind
      // the bytes are arbitrary: zeros, and what is no text, among them
      const confirmed = [new Uint8Array(32), ...Array.from({ length: 19 }, () => bytes(32)), new Uint8Array(32).fill(0xff)]
      let envelopeId = delivery.envelopeId

      for (const hash of confirmed) {
        await store.settleDelivery({ envelopeId, site: OTHER, hash, outcome: 'delivered', now: NOW })
        const [row] = fresh(await store.listDelivered({ site: OTHER, after: 0, limit: 10, now: NOW }))
        expect(await store.reofferDeliveries({ site: OTHER, rows: [row], now: NOW })).to.equal(1)
        envelopeId = row.envelopeId
      }

      await store.settleDelivery({ envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW })

      for (const hash of confirmed.slice(-16)) {
        expect(await answerTo(hash)).to.equal('stored')
      }

      // sixteen are remembered
      expect(await answerTo(confirmed[4])).to.equal('refused')
      expect(await answerTo(bytes(32))).to.equal('refused')
      expect(await answerTo(new Uint8Array(32).fill(1))).to.equal('refused')
    })

    it('confirms a task that it knows, with the envelope in which it came', async () => {
      const store = open()
      const first = arrival()
      await store.receiveTask(first)
      const again = { ...first, envelopeId: bytes(16), envelopeHash: bytes(32) }
      expect(await store.receiveTask(again)).to.deep.equal({ kind: 'duplicate', hash: first.envelopeHash, outcome: 0, reason: '' })
      expect(await store.findReceived({ envelopeId: again.envelopeId, site: OTHER })).to.deep.include({ hash: first.envelopeHash, outcome: 0 })
      expect(await store.countOpen({ creator: OTHER, now: NOW })).to.include({ tasks: 1 })

      for (const other of [{ created: NOW - 1 }, { to: ['other.s1.net'] }, { from: 'other.s2.net' }]) {
        expect(await store.receiveTask({ ...arrival({ ...first.task, ...other }) }), JSON.stringify(other)).to.deep.equal({ kind: 'refused', reason: 'conflict' })
      }

      expect(await store.receiveTask({ ...arrival(first.task), body: textBody('another') })).to.deep.equal({ kind: 'refused', reason: 'conflict' })
    })

    it('takes a higher incarnation each time, numbers on far above, and cancels open tickets', async () => {
      const store = open()
      await store.touchClock({ now: NOW + 5_000 })
      const invite = { secret: bytes(32), site: 'n', organization: '', capabilities: [], created: NOW, expires: NOW + 1_000 }
      const [openId, usedId] = [bytes(16), bytes(16)]
      await store.createInvite({ ...invite, id: openId, state: 'open' })
      await store.createInvite({ ...invite, id: usedId, state: 'used' })

      // the clock was set back since
      const life = await store.takeNewLife({ now: NOW, compareRoster: true })
      expect(life).to.be.above(NOW + 5_000)
      expect(await store.takeNewLife({ now: NOW, compareRoster: false })).to.be.above(life)
      expect(await store.getMeta({ key: 'incarnation' })).to.equal(String(life + 1))
      expect(await store.getMeta({ key: 'compare-roster' })).to.equal('1')
      expect((await store.listInvites({})).map(({ state }) => state)).to.have.members(['cancelled', 'used'])
    })
  })
}

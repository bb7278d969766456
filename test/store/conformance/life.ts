import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, bytes, creation, newDelivery, textBody } from '../fixtures.ts'
import type { PutResult, ReceiveCancel, ReceiveTask, Store, TaskFacts } from '../../../src/store/index.ts'

const WORKER = 'worker.s1.net'

function put (task: TaskFacts, more: Partial<PutResult> = {}): PutResult {
  return { task: { creator: task.creator, id: task.id }, from: WORKER, to: [task.from], status: 'succeeded', metadata: 'null', body: textBody('42'), incarnation: 1, delivery: newDelivery(OTHER), now: NOW, ...more }
}

function word (task: TaskFacts, more: Partial<ReceiveCancel> = {}): ReceiveCancel {
  return { envelopeId: bytes(16), envelopeHash: bytes(32), task, localExpires: task.expires, self: SELF, now: NOW, dedupUntil: task.expires + 300_000, room: true, ...more }
}

export function suiteLife (get: () => Store): void {
  async function received (facts: Partial<TaskFacts> = {}): Promise<ReceiveTask> {
    const input = arrival(facts)
    await get().receiveTask(input)

    return input
  }

  const todo = async (now = NOW): Promise<string[]> => (await get().listTasks({ app: WORKER, todo: true, now, limit: 10 })).map(({ id }) => id)
  const end = async (now: number): ReturnType<Store['endLeases']> => get().endLeases({ now, deliveries: [{ envelopeId: bytes(16), seed: bytes(32) }], incarnation: 1, self: SELF })

  describe('cancelTask', () => {
    it('withdraws what waits and tells every site that may have the task, in one commit', async () => {
      const input = creation({ to: ['worker.s2.net', 'worker.s3.net', WORKER] }, { deliveries: [newDelivery(OTHER), newDelivery(THIRD)] })
      await get().createTask(input)
      await get().settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW })
      const deliveries = [newDelivery(OTHER), newDelivery(THIRD)]
      expect(await get().cancelTask({ task: input.task, deliveries, now: NOW + 1 })).to.deep.equal({ kind: 'cancelled', told: deliveries })

      expect(await todo()).to.deep.equal([])
      expect(await get().listTasks({ app: input.task.from, todo: false, now: NOW, limit: 10 })).to.deep.equal([])
      expect(await get().readOutbox({ envelopeId: input.deliveries[1].envelopeId })).to.be.undefined()
      const queued = await get().listOutbox({ site: THIRD, after: 0, limit: 10, now: NOW })
      expect(queued).to.have.length(1)
      expect(queued[0]).to.deep.include({ ...deliveries[1], kind: 'cancel', expires: input.task.expires, size: 0 })
      const states = async (): Promise<string[]> => (await get().listDeliveries({ task: input.task, now: NOW })).map(({ state }) => state)
      expect(await states()).to.deep.equal(['cancelling', 'cancelling', 'cancelled'])

      await get().settleDelivery({ envelopeId: deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW })
      expect(await states()).to.deep.equal(['cancelled', 'cancelling', 'cancelled'])
      const audit = (await get().listAudit({ after: 0, limit: 100, maxBytes: 1_000_000 })).map(({ entry }) => JSON.parse(entry))
      expect(audit.at(-1)).to.deep.include({ kind: 'envelope-settled', carries: 'cancel', task: input.task.id, from: input.task.from, site: OTHER, outcome: 'delivered' })
      expect(await get().cancelTask({ task: input.task, deliveries, now: NOW + 2 })).to.deep.equal({ kind: 'already' })
      expect(await get().createTask({ ...input, now: NOW + 3 }), 'its id is not free before it expires').to.deep.equal({ kind: 'exists' })
    })

    it('does not tell a site that refused the task, nor cancels what is over or of others', async () => {
      const input = creation()
      await get().createTask(input)
      await get().settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'refused', reason: 'no', now: NOW })
      expect(await get().cancelTask({ task: input.task, deliveries: [newDelivery(OTHER)], now: NOW })).to.deep.equal({ kind: 'cancelled', told: [] })
      expect(await get().cancelTask({ task: (await received()).task, deliveries: [], now: NOW })).to.deep.equal({ kind: 'unknown-task' })

      const late = creation()
      await get().createTask(late)
      expect(await get().cancelTask({ task: late.task, deliveries: [], now: NOW + TTL })).to.deep.equal({ kind: 'expired' })
    })

    it('acknowledges answers that come later, without effect', async () => {
      const input = creation()
      await get().createTask(input)
      await get().cancelTask({ task: input.task, deliveries: [newDelivery(OTHER)], now: NOW })
      const { delivery, ...facts } = put(input.task, { from: 'worker.s2.net' })

      expect(await get().receiveResult({ ...facts, envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, revision: 1, dedupUntil: NOW + TTL })).to.deep.equal({ kind: 'older' })
      expect(await get().listResults({ task: input.task })).to.deep.equal([])
    })

    it('frees the body, and counts the task until it expires', async () => {
      const input = creation()
      await get().createTask(input)
      await get().cancelTask({ task: input.task, deliveries: [], now: NOW })

      expect(await get().countOpen({ creator: SELF, now: NOW })).to.deep.equal({ tasks: 1, bytes: 0 })
      await get().expireStep({ now: NOW + TTL, limit: 10 })
      expect(await get().countOpen({ creator: SELF, now: NOW + TTL })).to.deep.equal({ tasks: 0, bytes: 0 })
    })
  })

  describe('receiveCancel', () => {
    it('takes the task off the lists, its answers out of the outbox, and says so to a late worker', async () => {
      const { task } = await received()
      await get().putResult(put(task, { status: 'claimed' }))
      expect(await get().receiveCancel(word(task))).to.deep.equal({ kind: 'cancelled', known: true })

      expect(await get().listTasks({ app: WORKER, todo: false, now: NOW, limit: 10 })).to.deep.equal([])
      expect(await get().listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })).to.deep.equal([])
      expect(await get().putResult(put(task))).to.deep.equal({ kind: 'cancelled' })
      expect(await get().receiveCancel(word(task)), 'twice').to.deep.equal({ kind: 'nothing' })
    })

    it('that comes before its task keeps it out', async () => {
      const input = arrival()
      expect(await get().receiveCancel(word(input.task, { room: false }))).to.deep.equal({ kind: 'full' })
      expect(await get().receiveCancel(word(input.task))).to.deep.equal({ kind: 'cancelled', known: false })
      expect(await get().receiveTask(input)).to.deep.equal({ kind: 'refused', reason: 'cancelled' })
      expect(await todo()).to.deep.equal([])
    })

    it('of an earlier life does nothing to a later one', async () => {
      const { task } = await received({ created: NOW, expires: NOW + TTL })
      expect(await get().receiveCancel(word({ ...task, created: NOW - 1 }))).to.deep.equal({ kind: 'nothing' })
      expect(await todo()).to.deep.equal([task.id])
    })

    it('is answered alike when it comes again', async () => {
      const { task } = await received()
      const input = word(task)
      await get().receiveCancel(input)
      expect(await get().receiveCancel(input)).to.include({ kind: 'duplicate', outcome: 0, reason: '' })
    })
  })

  describe('leases', () => {
    async function leased (facts: Partial<TaskFacts> = {}): Promise<{ task: TaskFacts, token: number }> {
      const { task } = await received(facts)
      const outcome = await get().putResult(put(task, { status: 'claimed', lease: 1_000 })) as { token: number }
      expect(outcome).to.include({ kind: 'created', until: NOW + 1_000 })

      return { task, token: outcome.token }
    }

    it('are exclusive: only the holder renews and answers', async () => {
      const { task, token } = await leased()
      const claim = { status: 'claimed' as const, lease: 1_000, now: NOW + 500 }

      expect(await get().putResult(put(task, claim))).to.deep.equal({ kind: 'leased', until: NOW + 1_000 })
      expect(await get().putResult(put(task, { now: NOW + 500 }))).to.deep.equal({ kind: 'token-needed' })
      expect(await get().putResult(put(task, { token: token + 1, now: NOW + 500 }))).to.deep.equal({ kind: 'lease-lost' })
      expect(await get().putResult(put(task, { ...claim, token })), 'no new version').to.deep.equal({ kind: 'renewed', token, until: NOW + 1_500 })
      expect(await get().putResult(put(task, { token, now: NOW + 1_400 }))).to.deep.include({ kind: 'updated', status: 'succeeded' })
      expect(await get().putResult(put(task, { token, now: NOW + 1_400 })), 'said twice').to.deep.include({ kind: 'updated' })
      expect(await get().putResult(put(task, { ...claim }))).to.deep.equal({ kind: 'answered' })
      expect(await get().nextLeaseEnd({})).to.be.undefined()
    })

    it('that run out are offered again; the old token is recorded, never effective; tokens rise', async () => {
      const { task, token } = await leased()
      expect(await get().nextLeaseEnd({})).to.equal(NOW + 1_000)
      expect((await end(NOW + 999)).offered).to.deep.equal([])
      expect(await todo()).to.deep.equal([])
      expect((await end(NOW + 1_000)).offered.map(({ recipient }) => recipient)).to.deep.equal([WORKER])
      expect(await todo()).to.deep.equal([task.id])

      expect(await get().putResult(put(task, { token, now: NOW + 1_001 }))).to.deep.equal({ kind: 'lease-lost' })
      const next = await get().putResult(put(task, { status: 'claimed', lease: 1_000, now: NOW + 1_002 })) as { token: number }
      expect(next.token).to.be.greaterThan(token)
      expect(await get().putResult(put(task, { token, now: NOW + 1_003 }))).to.deep.equal({ kind: 'lease-lost' })
      expect(await get().putResult(put(task, { token: next.token, body: textBody('right'), now: NOW + 1_004 }))).to.include({ kind: 'updated' })
      expect((await get().getResult({ task, from: WORKER }))?.body).to.deep.equal(textBody('right'))
      expect((await get().listDeliveries({ task, now: NOW }))[0].attempt).to.deep.include({ late: 2, tries: 1, token: next.token, lateAt: NOW + 1_003 })
    })

    it('are lost at their instant, also before that was carried out', async () => {
      const { task, token } = await leased()
      expect(await get().putResult(put(task, { token, now: NOW + 1_000 }))).to.deep.equal({ kind: 'lease-lost' })
      expect(await get().putResult(put(task, { status: 'claimed', lease: 1_000, now: NOW + 1_000 }))).to.have.property('kind', 'leased')
    })

    it('end with the task, and give way to a claim without lease', async () => {
      const { task, token } = await leased()
      expect(await get().putResult(put(task, { status: 'claimed', lease: 10 * TTL, token }))).to.include({ until: task.expires })
      await end(task.expires)
      expect(await get().nextLeaseEnd({}), 'nothing to offer of what is over').to.be.undefined()

      const other = await leased()
      await end(NOW + 1_000)
      expect(await get().putResult(put(other.task, { now: NOW + 1_000 }))).to.deep.equal({ kind: 'token-needed' })
      await get().putResult(put(other.task, { status: 'claimed', now: NOW + 1_000 }))
      expect(await get().putResult(put(other.task, { now: NOW + 1_001 }))).to.include({ kind: 'updated' })
      expect(await get().putResult(put(other.task, { token: other.token, now: NOW + 1_002 }))).to.deep.equal({ kind: 'lease-lost' })
    })

    it('that run out count as tries: the last is permfailed and goes to the creator', async () => {
      const { task } = await leased({ failureStrategy: '{"retry":{"backoff_millisecs":0,"max_tries":1}}' })
      const { failed, offered } = await end(NOW + 1_000)

      expect(offered).to.deep.equal([])
      expect(failed[0].result).to.deep.include({ status: 'permfailed', from: WORKER })
      expect(await todo()).to.deep.equal([])
      const queued = await get().listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })
      expect(queued.map(({ envelopeId }) => envelopeId)).to.deep.equal([failed[0].delivery?.envelopeId])
      expect((await get().readOutbox({ envelopeId: queued[0].envelopeId }))?.result).to.deep.include({ status: 'permfailed', task: { creator: task.creator, id: task.id } })
    })
  })

  describe('retry', () => {
    const RETRY = { failureStrategy: '{"retry":{"backoff_millisecs":5000,"max_tries":3}}' }
    const failed = { status: 'tempfailed' as const }

    it('offers a failed task after its backoff, counts tries, and ends with permfailed', async () => {
      const { task } = await received(RETRY)

      for (const [round, now] of [NOW, NOW + 5_000].entries()) {
        expect(await get().putResult(put(task, { ...failed, now }))).to.deep.include({ status: 'tempfailed', again: now + 5_000 })
        expect(await get().putResult(put(task, { ...failed, now: now + 1 })), 'said twice is one try').to.include({ status: 'tempfailed' })
        expect((await get().listDeliveries({ task, now }))[0].attempt).to.deep.include({ tries: round + 1, againAt: now + 5_000 })
        expect(await todo(now + 4_999)).to.deep.equal([])
        await end(now + 5_000)
        expect(await todo(now + 5_000)).to.deep.equal([task.id])
      }

      expect(await get().putResult(put(task, { ...failed, body: textBody('the last'), metadata: '"why"', now: NOW + 10_000 }))).to.deep.include({ status: 'permfailed' })
      expect(await todo()).to.deep.equal([])
      expect(await get().getResult({ task, from: WORKER })).to.deep.include({ status: 'permfailed', metadata: '"why"', body: textBody('the last') })
      expect(await get().nextLeaseEnd({})).to.be.undefined()
    })

    it('is not asked for by "discard": to do again at once, as in Beam', async () => {
      const { task } = await received()
      expect(await get().putResult(put(task, failed))).to.include({ status: 'tempfailed' })
      expect(await todo()).to.deep.equal([task.id])
      expect(await get().nextLeaseEnd({})).to.be.undefined()
    })

    it('keeps a lease from being taken while it backs off', async () => {
      const { task } = await received(RETRY)
      await get().putResult(put(task, failed))
      expect(await get().putResult(put(task, { status: 'claimed', lease: 1_000, now: NOW + 1 }))).to.deep.equal({ kind: 'leased', until: NOW + 5_000 })
    })
  })
}

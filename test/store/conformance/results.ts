import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, bytes, creation, newDelivery, textBody } from '../fixtures.ts'
import type { AnswerTask, PutResult, Store, TaskKey } from '../../../src/store/index.ts'

function answer (task: TaskKey, more: Partial<PutResult> = {}): PutResult {
  return {
    task: { creator: task.creator, id: task.id },
    from: 'worker.s1.net',
    to: ['asker.s2.net'],
    status: 'succeeded',
    metadata: '{"n":1}',
    body: textBody('42'),
    incarnation: 1,
    delivery: newDelivery(OTHER),
    now: NOW,
    ...more
  }
}

export function suiteResults (get: () => Store): void {
  describe('listResults', () => {
    it('lists in order of arrival, stops where rows add up to the limit, and goes on after it', async () => {
      const apps = ['z', 'm', 'a'].map(name => `${name}.s1.net`)
      const input = arrival({ to: apps })
      await get().receiveTask(input)

      for (const from of apps) {
        await get().putResult({ task: input.task, from, to: ['asker.s2.net'], status: 'succeeded', metadata: 'null', body: textBody('42'), incarnation: 1, now: NOW })
      }

      const all = await get().listResults({ task: input.task })
      expect(all.map(({ from }) => from)).to.deep.equal(apps)
      expect((await get().listResults({ task: input.task, maxBytes: 1 })).map(({ from }) => from)).to.deep.equal(apps.slice(0, 1))
      expect((await get().listResults({ task: input.task, after: all[0].seq })).map(({ from }) => from)).to.deep.equal(apps.slice(1))
      expect((await get().listResults({ task: input.task, bare: true })).map(({ body }) => [body.size, body.inline?.byteLength])).to.deep.equal([[2, 0], [2, 0], [2, 0]])
    })
  })

  describe('putResult', () => {
    it('keeps every field, and puts it into the outbox in the same commit', async () => {
      const { task, envelopeHash } = await received()
      const input = answer(task)
      const outcome = await get().putResult(input)
      const { delivery, now, ...facts } = input
      const content = await get().readOutbox({ envelopeId: (delivery as { envelopeId: Uint8Array }).envelopeId })

      expect(outcome).to.have.property('kind', 'created')
      expect(await get().getResult({ task, from: 'worker.s1.net' })).to.deep.include(facts)
      expect(content?.item).to.deep.include({ ...delivery, kind: 'result', app: 'worker.s1.net', expires: task.expires, size: 2 })
      expect(content?.result).to.deep.include({ ...facts, answers: envelopeHash, taskExpires: task.expires, taskFrom: 'asker.s2.net' })
      expect(content?.task).to.be.undefined()
    })

    it('needs no envelope when creator and answering app are of this site', async () => {
      const input = creation({ to: ['worker.s1.net'] }, { deliveries: [] })
      await get().createTask(input)
      const { delivery, ...local } = answer(input.task)

      expect(await get().putResult(local)).to.have.property('kind', 'created')
      expect(await get().outboxSites({ now: NOW })).to.be.empty()
      expect(await get().listResults({ task: input.task })).to.have.lengthOf(1)
    })

    it('numbers versions upwards, each with a new place in the order of arrival', async () => {
      const { task } = await received()
      const first = await get().putResult(answer(task, { status: 'claimed' })) as { kind: string, seq: number, revision: number }
      const second = await get().putResult(answer(task)) as typeof first

      expect([first.kind, second.kind]).to.deep.equal(['created', 'updated'])
      expect(second.seq).to.be.above(first.seq)
      expect(second.revision).to.be.above(first.revision)
      expect((await get().listResults({ task })).map(result => result.seq)).to.deep.equal([second.seq])
    })

    it('drops an older version from the outbox: a seed seals one content only', async () => {
      const { task } = await received()
      const claim = answer(task, { status: 'claimed' })
      const final = answer(task)
      await get().putResult(claim)
      await get().putResult(final)
      const items = await get().listOutbox({ site: OTHER, after: 0, limit: 10, now: NOW })

      expect(items.map(item => item.envelopeId)).to.deep.equal([(final.delivery as { envelopeId: Uint8Array }).envelopeId])
      expect(await get().readOutbox({ envelopeId: (claim.delivery as { envelopeId: Uint8Array }).envelopeId })).to.be.undefined()
    })

    it('ignores claimed after succeeded, and nothing else', async () => {
      const { task } = await received()
      const status = async (): Promise<string | undefined> => (await get().getResult({ task, from: 'worker.s1.net' }))?.status
      const put = async (next: PutResult['status']): Promise<string> => (await get().putResult(answer(task, { status: next }))).kind

      expect(await put('succeeded')).to.equal('created')
      expect(await put('claimed')).to.equal('ignored')
      expect(await status()).to.equal('succeeded')
      expect(await put('succeeded')).to.equal('updated')
      expect(await put('permfailed')).to.equal('updated')
      expect(await put('claimed')).to.equal('updated')
      expect(await put('tempfailed')).to.equal('updated')
      expect(await put('claimed')).to.equal('updated')
      expect(await status()).to.equal('claimed')
    })

    it('refuses who is no recipient, by exact id', async () => {
      const { task } = await received({ to: ['worker.s1.net', 's1.net', 'worker.s3.net'] })

      expect(await get().putResult(answer(task, { from: 'other.s1.net' }))).to.deep.equal({ kind: 'not-recipient' })
      expect(await get().putResult(answer(task, { from: 'worker.s3.net' }))).to.deep.equal({ kind: 'not-recipient' })
      expect(await get().listResults({ task })).to.be.empty()
    })

    it('refuses unknown and expired tasks', async () => {
      const { task } = await received()

      expect(await get().putResult(answer({ creator: SELF, id: task.id }))).to.deep.equal({ kind: 'unknown-task' })
      expect(await get().putResult(answer(task, { now: NOW + TTL }))).to.deep.equal({ kind: 'unknown-task' })
      expect(await get().putResult(answer(task, { now: NOW + TTL - 1 }))).to.have.property('kind', 'created')
    })
  })

  describe('answerTask', () => {
    const named = ({ task, delivery, ...input }: PutResult): AnswerTask => ({ ...input, id: task.id, self: SELF, delivery: { envelopeId: bytes(16), seed: bytes(32) } })

    it('puts a result for the task that the id means, and its envelope, in one step', async () => {
      const { task, envelopeHash } = await received()
      const input = named(answer(task))
      const outcome = await get().answerTask(input)
      const content = await get().readOutbox({ envelopeId: input.delivery.envelopeId })

      expect(outcome).to.deep.include({ kind: 'created', status: 'succeeded', task: { creator: OTHER, id: task.id, from: 'asker.s2.net', expires: task.expires, envelopeHash } })
      expect(content?.item).to.deep.include({ ...input.delivery, site: OTHER, kind: 'result', app: 'worker.s1.net', expires: task.expires, size: 2 })
      expect(content?.result).to.deep.include({ answers: envelopeHash, taskExpires: task.expires, taskFrom: 'asker.s2.net' })
      expect(await get().answerTask(named(answer(task)))).to.have.property('kind', 'updated')
    })

    it('sends nothing when the creator is of this site', async () => {
      const { task } = creation({ to: ['worker.s1.net'] })
      await get().createTask(creation(task, { deliveries: [] }))
      const outcome = await get().answerTask(named(answer(task)))

      expect(outcome).to.have.deep.property('task', { creator: SELF, id: task.id, from: 'asker.s1.net', expires: task.expires })
      expect(await get().outboxSites({ now: NOW })).to.be.empty()
      expect(await get().listResults({ task })).to.have.lengthOf(1)
    })

    it('of two tasks of one id means the one whose creator it names, else neither', async () => {
      const { task: ofOther } = await received()
      const { task: ofThird } = await received({ id: ofOther.id, creator: THIRD, from: 'asker.s3.net' })
      const put = async (to: string[], now = NOW): Promise<unknown> => get().answerTask(named(answer(ofOther, { to, now })))

      expect(await put(['asker.s2.net', 'asker.s3.net'])).to.deep.equal({ kind: 'ambiguous', creators: ['asker.s2.net', 'asker.s3.net'] })
      expect(await put(['somebody.s2.net'])).to.have.property('kind', 'ambiguous')
      expect(await get().listResults({ task: ofOther })).to.be.empty()
      expect(await put(['asker.s3.net'])).to.have.nested.property('task.creator', THIRD)
      expect([await get().listResults({ task: ofOther }), await get().listResults({ task: ofThird })].map(({ length }) => length)).to.deep.equal([0, 1])
      expect(await put(['asker.s3.net'], NOW + TTL), 'both are over').to.deep.equal({ kind: 'unknown-task' })
    })

    it('says why no task is meant, and changes nothing', async () => {
      const { task } = await received()

      expect(await get().answerTask({ ...named(answer(task)), id: creation().task.id })).to.deep.equal({ kind: 'unknown-task' })
      expect(await get().answerTask(named(answer(task, { from: 'other.s1.net' })))).to.deep.equal({ kind: 'not-recipient' })
      await get().receiveCancel({ envelopeId: bytes(16), envelopeHash: bytes(32), task, localExpires: task.expires, self: SELF, now: NOW, dedupUntil: NOW + TTL, room: true })
      expect(await get().answerTask(named(answer(task)))).to.deep.equal({ kind: 'cancelled' })
      expect(await get().listResults({ task })).to.be.empty()
      expect(await get().outboxSites({ now: NOW })).to.be.empty()
    })

    it('is under the same rules of leases', async () => {
      const { task } = await received()
      const claim = await get().answerTask(named(answer(task, { status: 'claimed', lease: 1_000 }))) as { kind: string, token: number }

      expect(claim).to.include({ kind: 'created' })
      expect(await get().answerTask(named(answer(task)))).to.deep.equal({ kind: 'token-needed' })
      expect(await get().answerTask(named(answer(task, { status: 'claimed', lease: 1_000, token: claim.token })))).to.deep.equal({ kind: 'renewed', token: claim.token, until: NOW + 1_000 })
      expect(await get().answerTask(named(answer(task, { token: claim.token + 1 })))).to.deep.equal({ kind: 'lease-lost' })
      expect(await get().answerTask(named(answer(task, { token: claim.token })))).to.have.property('kind', 'updated')
    })
  })

  async function received (facts: Parameters<typeof arrival>[0] = {}): Promise<ReturnType<typeof arrival>> {
    const input = arrival(facts)
    await get().receiveTask(input)

    return input
  }
}

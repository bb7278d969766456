import { expect } from 'aegir/chai'
import * as fc from 'fast-check'
import { NOW, OTHER, SELF, THIRD, TTL, arrival, bytes, creation, textBody } from '../fixtures.ts'
import type { ReceiveResult, Store, TaskKey } from '../../../src/store/index.ts'

function incoming (task: TaskKey, more: Partial<ReceiveResult> = {}): ReceiveResult {
  return {
    envelopeId: bytes(16),
    envelopeHash: bytes(32),
    site: OTHER,
    task: { creator: task.creator, id: task.id },
    from: 'worker.s2.net',
    to: ['asker.s1.net'],
    status: 'succeeded',
    metadata: 'null',
    body: textBody('42'),
    incarnation: 1,
    revision: 1,
    now: NOW,
    dedupUntil: NOW + TTL,
    ...more
  }
}

export function suiteOrder (get: () => Store): void {
  describe('receiveResult', () => {
    it('keeps every field', async () => {
      const { task } = await created()
      const input = incoming(task, { revision: 7, incarnation: 3 })
      const outcome = await get().receiveResult(input)
      const { envelopeId, envelopeHash, site, now, dedupUntil, ...facts } = input

      expect(outcome).to.have.property('kind', 'stored')
      expect(await get().listResults({ task })).to.deep.equal([{ ...facts, seq: (outcome as { seq: number }).seq }])
    })

    it('acknowledges an older version without effect', async () => {
      const { task } = await created()
      await get().receiveResult(incoming(task, { revision: 5 }))

      expect(await get().receiveResult(incoming(task, { revision: 5, status: 'claimed' }))).to.deep.equal({ kind: 'older' })
      expect(await get().receiveResult(incoming(task, { revision: 4, status: 'claimed' }))).to.deep.equal({ kind: 'older' })
      expect(await get().receiveResult(incoming(task, { revision: 1, incarnation: 2, status: 'permfailed' }))).to.have.property('kind', 'stored')
      expect(await get().receiveResult(incoming(task, { revision: 9, incarnation: 1 }))).to.deep.equal({ kind: 'older' })
      expect((await get().listResults({ task })).map(result => result.status)).to.deep.equal(['permfailed'])
    })

    it('ends in the newest version, whatever the order and repetition of arrival', async () => {
      const version = fc.record({ incarnation: fc.integer({ min: 1, max: 3 }), revision: fc.integer({ min: 1, max: 6 }) })

      await fc.assert(fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 12 }), async (versions) => {
        const { task } = await created()
        // the owner gives each version one content
        const updates = versions.map(({ incarnation, revision }) => incoming(task, { incarnation, revision, body: textBody(`${incarnation}/${revision}`) }))
        const kinds: string[] = []

        for (const update of [...updates, ...updates]) {
          kinds.push((await get().receiveResult(update)).kind)
        }

        const newest = versions.reduce((a, b) => b.incarnation > a.incarnation || (b.incarnation === a.incarnation && b.revision > a.revision) ? b : a)
        const results = await get().listResults({ task })

        expect(results).to.have.lengthOf(1)
        expect(results[0]).to.deep.include({ ...newest, body: textBody(`${newest.incarnation}/${newest.revision}`) })
        expect(kinds.slice(updates.length)).to.deep.equal(updates.map(() => 'duplicate'))
      }), { numRuns: 40 })
    })

    it('answers a repeat as the first time', async () => {
      const { task } = await created()
      const input = incoming(task)
      await get().receiveResult(input)

      expect(await get().receiveResult({ ...input, envelopeHash: bytes(32) })).to.deep.equal({ kind: 'duplicate', hash: input.envelopeHash, outcome: 0, reason: '' })
    })

    it('refuses whoever is no recipient, or not of the signer\'s site', async () => {
      const { task } = await created({ to: ['worker.s2.net', 's2.net', 'worker.s3.net', 'worker.s1.net'] })
      const refused = { kind: 'refused', reason: 'not-recipient' }

      expect(await get().receiveResult(incoming(task, { from: 'other.s2.net' }))).to.deep.equal(refused)
      expect(await get().receiveResult(incoming(task, { from: 'worker.s3.net', site: OTHER }))).to.deep.equal(refused)
      expect(await get().receiveResult(incoming(task, { from: 's2.net' }))).to.deep.equal(refused)
      expect(await get().receiveResult(incoming(task, { from: 'worker.s1.net', site: SELF }))).to.deep.equal(refused)
      expect(await get().receiveResult(incoming(task, { from: 'worker.s3.net', site: THIRD }))).to.have.property('kind', 'stored')
    })

    it('refuses versions that no disk can give back', async () => {
      const { task } = await created()
      const refused = { kind: 'refused', reason: 'malformed' }

      expect(await get().receiveResult(incoming(task, { revision: 2 ** 53 }))).to.deep.equal(refused)
      expect(await get().receiveResult(incoming(task, { incarnation: 2 ** 64 }))).to.deep.equal(refused)
      expect(await get().listResults({ task })).to.be.empty()
    })

    it('refuses results of tasks that are not of this site, unknown or expired, and remembers that', async () => {
      const theirs = arrival({ to: ['worker.s1.net', 'worker.s2.net'] })
      await get().receiveTask(theirs)
      const { task } = await created()
      const refused = { kind: 'refused', reason: 'unknown-task' }
      const unknown = incoming({ creator: SELF, id: theirs.task.id })

      expect(await get().receiveResult(incoming(theirs.task))).to.deep.equal(refused)
      expect(await get().receiveResult(unknown)).to.deep.equal(refused)
      expect(await get().receiveResult(unknown)).to.deep.equal({ kind: 'duplicate', hash: unknown.envelopeHash, outcome: 1, reason: 'unknown-task' })
      expect(await get().receiveResult(incoming(task, { now: NOW + TTL }))).to.deep.equal(refused)
    })

    it('refuses an answer to another envelope than the one the site confirmed', async () => {
      const { task, deliveries } = await created()
      const hash = bytes(32)

      expect(await get().receiveResult(incoming(task, { answers: bytes(32) })), 'nothing confirmed yet').to.have.property('kind', 'stored')
      await get().settleDelivery({ envelopeId: deliveries[0].envelopeId, site: OTHER, hash, outcome: 'delivered', now: NOW })
      expect(await get().receiveResult(incoming(task, { answers: bytes(32), revision: 2 }))).to.deep.equal({ kind: 'refused', reason: 'unknown-task' })
      expect(await get().receiveResult(incoming(task, { answers: hash, revision: 3 }))).to.have.property('kind', 'stored')
    })
  })

  async function created (facts: Parameters<typeof creation>[0] = {}): Promise<ReturnType<typeof creation>> {
    const input = creation(facts)
    await get().createTask(input)

    return input
  }
}

import { expect } from 'aegir/chai'
import { rowBytes } from '../../../src/store/row-bytes.ts'
import { NOW, TTL, arrival, creation, textBody } from '../fixtures.ts'
import type { PutResultOutcome, Store, TaskFilter, TaskKey, WorkStatus } from '../../../src/store/index.ts'

export function suiteLists (get: () => Store): void {
  const ids = async (filter: Partial<TaskFilter>): Promise<string[]> => {
    const tasks = await get().listTasks({ app: 'worker.s1.net', todo: false, now: NOW, limit: 100, ...filter })

    return tasks.map(task => task.id)
  }
  const answer = async (task: TaskKey, status: WorkStatus): Promise<PutResultOutcome> => {
    return get().putResult({ task, from: 'worker.s1.net', to: ['asker.s2.net'], status, metadata: 'null', body: textBody(status), incarnation: 1, now: NOW })
  }

  describe('listTasks', () => {
    it('lists what was created by the app or sent to it, in order of arrival', async () => {
      const inputs = [arrival(), creation({ from: 'worker.s1.net' }), arrival(), creation({ to: ['worker.s1.net'] }, { deliveries: [] }), arrival({ to: ['other.s1.net'] })]

      for (const input of inputs) {
        'envelopeId' in input ? await get().receiveTask(input) : await get().createTask(input)
      }

      const expected = inputs.map(input => input.task.id)
      expect(await ids({})).to.deep.equal(expected.slice(0, 4))
      expect(await ids({ as: 'creator' })).to.deep.equal([expected[1]])
      expect(await ids({ as: 'recipient' })).to.deep.equal([expected[0], expected[2], expected[3]])
      expect(await ids({ limit: 2 })).to.deep.equal(expected.slice(0, 2))
    })

    it('stops when bodies, metadata and recipients add up to the limit, with one task at least, and goes on after it', async () => {
      const inputs = [arrival(), arrival({ metadata: JSON.stringify('m'.repeat(5_000)) }), arrival()]

      for (const input of inputs) {
        await get().receiveTask(input)
      }

      const first = rowBytes({ ...inputs[0].task, body: inputs[0].body })
      expect(await ids({ maxBytes: 1 })).to.have.lengthOf(1)
      expect(await ids({ maxBytes: first + 1 })).to.have.lengthOf(2)
      expect(await ids({ maxBytes: first + 4_000 })).to.have.lengthOf(2)
      expect(await ids({ maxBytes: first + 12_000 })).to.have.lengthOf(3)
      const all = await get().listTasks({ app: 'worker.s1.net', todo: true, now: NOW, limit: 10 })
      expect(await ids({ after: all[0].seq })).to.deep.equal(all.slice(1).map(({ id }) => id))
      const bare = await get().listTasks({ app: 'worker.s1.net', todo: true, now: NOW, limit: 10, bare: true })
      expect(bare.map(({ body }) => [body.size, body.inline?.byteLength])).to.deep.equal(all.map(({ body }) => [body.size, 0]))
      // a list that was left early does not disturb the next
      expect(await ids({})).to.have.lengthOf(3)
    })

    it('lists a task once that an app sent to itself', async () => {
      const input = creation({ from: 'worker.s1.net', to: ['worker.s1.net', 'worker.s1.net'] }, { deliveries: [] })
      await get().createTask(input)

      expect(await ids({})).to.deep.equal([input.task.id])
    })

    it('matches ids exactly: a task for the site is not one for its apps', async () => {
      const input = arrival({ to: ['s1.net'] })
      await get().receiveTask(input)

      expect(await ids({})).to.be.empty()
      expect(await ids({ app: 's1.net', todo: true })).to.deep.equal([input.task.id])
    })

    it('hides a task from its instant of expiry on, before any step was taken', async () => {
      const input = arrival()
      await get().receiveTask(input)

      expect(await ids({ now: NOW + TTL - 1 })).to.have.lengthOf(1)
      expect(await ids({ now: NOW + TTL })).to.be.empty()
      expect(await ids({ now: NOW + TTL, todo: true })).to.be.empty()
      expect(await ids({ app: 'asker.s2.net', now: NOW + TTL })).to.be.empty()
    })

    it('goes by the expiry on the clock of this site', async () => {
      await get().receiveTask(arrival({}, { localExpires: NOW + TTL + 1_000 }))

      expect(await ids({ now: NOW + TTL + 999, todo: true })).to.have.lengthOf(1)
      expect(await ids({ now: NOW + TTL + 1_000, todo: true })).to.be.empty()
    })

    it('has a task to do while the own result is absent or tempfailed', async () => {
      const input = arrival({ to: ['worker.s1.net', 'other.s1.net'] })
      await get().receiveTask(input)
      const steps: Array<[WorkStatus, number]> = [['claimed', 0], ['tempfailed', 1], ['permfailed', 0], ['tempfailed', 1], ['succeeded', 0], ['claimed', 0], ['tempfailed', 1]]

      expect(await ids({ todo: true })).to.have.lengthOf(1)

      for (const [status, count] of steps) {
        await answer(input.task, status)
        expect(await ids({ todo: true }), status).to.have.lengthOf(count)
        expect(await ids({ todo: true, app: 'other.s1.net' }), 'somebody else\'s answer').to.have.lengthOf(1)
        expect(await ids({}), 'without the filter').to.have.lengthOf(1)
      }
    })

    it('shows the operator the newest first', async () => {
      const inputs = [creation(), creation(), creation()]

      for (const input of inputs) {
        await get().createTask(input)
      }

      const recent = await get().recentTasks({ limit: 2, now: NOW })
      expect(recent.map(task => task.id)).to.deep.equal([inputs[2].task.id, inputs[1].task.id])
      expect(recent[0]).to.deep.include({ ...inputs[2].task, size: inputs[2].body.size })
      expect(recent[0].deliveries).to.deep.equal([{ to: 'worker.s2.net', state: 'queued', since: NOW }])
    })
  })
}

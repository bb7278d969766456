import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { CANCEL } from '../../src/envelope/inner.ts'
import { small } from './kit/forge.ts'
import { NEVER, noWait, resultOf, textOf, World } from './kit/world.ts'
import type { NewResult, NewTask } from '../../src/tasks/index.ts'

const APP = 'app.a.net'
const WORKER = 'worker.b.net'

describe('tasks: cancel, lease, retry between two sites', () => {
  let world: World

  beforeEach(async () => { world = await World.of(['a', 'b']) })
  afterEach(async () => { await world.close() })

  async function posted (more: Partial<NewTask> = {}, to = [WORKER]): Promise<NewTask> {
    const task = world.task(APP, to, more)
    await world.run(world.sites.a.tasks.create(task))
    await world.settle()

    return task
  }

  const answer = async (task: NewTask, more: Partial<NewResult> = {}): Promise<any> => world.run(world.sites.b.tasks.answer(resultOf(task, WORKER, more)))
  const todo = async (): Promise<string[]> => (await world.run(world.sites.b.tasks.list(WORKER, { todo: true }, noWait()))).map(({ id }) => id)
  const restart = async (site: 'a' | 'b'): Promise<void> => {
    world.sites[site].kill()
    await world.settle()
    await world.run(world.sites[site].start())
    world.network.connectAll()
    await world.settle(5_000)
  }

  describe('cancel', () => {
    it('takes the task from its recipient, and a worker that goes on learns it', async () => {
      const { a, b } = world.sites
      const task = await posted()
      await answer(task, { status: 'claimed', lease: 60_000 })
      expect(await world.run(a.tasks.cancel(APP, task.id))).to.deep.equal({ kind: 'cancelled' })
      await world.settle()

      expect(await todo()).to.deep.equal([])
      expect(await world.run(b.tasks.get(WORKER, task.id, noWait()))).to.deep.equal({ kind: 'cancelled' })
      expect(await answer(task)).to.deep.equal({ kind: 'cancelled' })
      expect(await world.run(a.tasks.get(APP, task.id, noWait()))).to.deep.equal({ kind: 'cancelled' })
      expect(await world.run(a.tasks.deliveries(APP, task.id))).to.have.nested.property('deliveries[0].state', 'cancelled')
      expect(await world.run(a.tasks.cancel(APP, task.id))).to.deep.equal({ kind: 'already' })
    })

    it('of somebody else\'s task with the same id does not end a wait', async () => {
      const [its, c] = [world, await world.add('c')]
      its.network.connectAll()
      const task = its.task(APP, [WORKER])
      const foreign = { ...its.task('app.c.net', ['other.b.net']), id: task.id }
      const poll = its.sites.b.tasks.get(WORKER, task.id, { count: 1, time: 60_000, signal: NEVER })
      await its.run(c.tasks.create(foreign))
      await its.settle()
      expect(await its.run(c.tasks.cancel('app.c.net', task.id))).to.deep.equal({ kind: 'cancelled' })
      await its.settle()
      expect(await its.run(its.sites.b.tasks.get('other.b.net', task.id, noWait())), 'it came').to.deep.equal({ kind: 'cancelled' })

      await its.run(its.sites.a.tasks.create(task))
      expect(await its.run(poll)).to.deep.include({ kind: 'found' }).with.nested.property('task.from', APP)
    })

    it('may come while the task is being read: the task is not shown, and nothing fails', async () => {
      const its = world
      const { a, b } = its.sites

      for (const read of ['listTasks', 'findTasks', 'pageTasks'] as const) {
        const kept = await posted({ body: 'small' })
        const task = await posted({ body: 'x'.repeat(300_000) })
        const real = b.store[read] as (input: any) => Promise<any>
        let first = true

        Object.assign(b.store, {
          [read]: async (input: unknown) => {
            const rows = await real(input)

            if (first) {
              first = false
              await a.tasks.cancel(APP, task.id)
              await new Promise<void>((resolve) => { its.clock.setTimeout(resolve, 5_000) })
            }

            return rows
          }
        })

        if (read === 'listTasks') {
          expect(await todo()).to.deep.equal([kept.id])
        } else if (read === 'findTasks') {
          expect(await its.run(b.tasks.get(WORKER, task.id, noWait()))).to.deep.equal({ kind: 'cancelled' })
        } else {
          const { items } = await its.run(b.tasks.pageTasks(WORKER, { after: 0, limit: 100, bodies: 'all' }))
          expect(items.map(({ id }) => id)).to.include(kept.id).and.to.not.include(task.id)
        }

        expect(first, 'it came in between').to.equal(false)
        Object.assign(b.store, { [read]: real })
      }
    })

    it('a result whose newer version comes while it is being read is shown in that version', async () => {
      const { a } = world.sites
      const task = await posted()
      await answer(task, { body: `old ${'x'.repeat(300_000)}` })
      await world.settle(5_000)
      const real = a.store.listResults
      let first = true

      a.store.listResults = async (input) => {
        const rows = await real(input)

        if (first) {
          first = false
          await world.sites.b.tasks.answer(resultOf(task, WORKER, { body: `new ${'x'.repeat(300_000)}` }))
          await new Promise<void>((resolve) => { world.clock.setTimeout(resolve, 5_000) })
        }

        return rows
      }

      const outcome = await world.run(a.tasks.results(APP, task.id, noWait()))
      expect(outcome.kind === 'found' && outcome.results.map((result) => textOf(result)?.slice(0, 4))).to.deep.equal(['new '])
    })

    it('is for the creator and the operator alone', async () => {
      const { a, b } = world.sites
      const task = await posted({}, [WORKER, 'local.a.net'])

      expect(await world.run(a.tasks.cancel('local.a.net', task.id))).to.deep.equal({ kind: 'not-creator' })
      expect(await world.run(a.tasks.cancel('other.a.net', task.id))).to.deep.equal({ kind: 'not-found' })
      expect(await world.run(b.tasks.cancel(WORKER, task.id))).to.deep.equal({ kind: 'not-creator' })
      expect(await world.run(b.tasks.cancel('operator', task.id))).to.deep.equal({ kind: 'not-creator' })
      expect(await world.run(a.tasks.cancel('operator', task.id))).to.deep.equal({ kind: 'cancelled' })
      expect(await world.run(a.tasks.list('local.a.net', { todo: true }, noWait()))).to.deep.equal([])
    })

    it('ends waits for results at once, with what came in time', async () => {
      const { a } = world.sites
      const task = await posted({}, [WORKER, 'other.b.net'])
      await answer(task)
      await world.settle()
      const held = a.tasks.results(APP, task.id, { count: 2, time: 600_000, signal: NEVER })
      await world.settle(100)
      await world.run(a.tasks.cancel(APP, task.id))
      const began = world.clock.now()

      expect(await world.run(held)).to.have.property('results').with.length(1)
      expect(world.clock.now() - began).to.be.below(1_000)
      expect(await world.run(a.tasks.results(APP, task.id, { count: 2, time: 600_000, signal: NEVER }))).to.have.property('results').with.length(1)
      expect(world.clock.now() - began).to.be.below(1_000)
    })

    it('reaches a site that was off, survives a crash of the creator, and nothing shows up there', async () => {
      const { a, b } = world.sites
      await world.run(b.stop())
      const task = world.task(APP, [WORKER])
      await world.run(a.tasks.create(task))
      await world.run(a.tasks.cancel(APP, task.id))
      expect(await world.run(a.tasks.deliveries(APP, task.id))).to.have.nested.property('deliveries[0].state', 'cancelling')
      a.kill()
      await world.run(a.start())
      await world.run(b.start())
      world.network.connectAll()
      await world.settle(60_000)

      expect(await todo()).to.deep.equal([])
      expect(await world.run(a.tasks.deliveries(APP, task.id))).to.have.nested.property('deliveries[0].state', 'cancelled')
    })

    it('counts only as the word of the site that created the task', async () => {
      const task = await posted()
      await world.add('m')
      world.network.connectAll()
      const inner = { kind: CANCEL, taskId: task.id, bodySize: 0, ttl: '', failureStrategy: '', created: world.clock.now() }

      // m speaks for itself: (creator, id) is another task
      world.network.send('m.net', 'b.net', { envelope: await world.run(small(world, { from: 'm.net', to: 'b.net', body: '', inner })) })
      await world.settle()

      expect(world.sites.b.tasks.refusals()).to.deep.equal({})
      expect(await todo()).to.deep.equal([task.id])
      expect(await answer(task)).to.include({ kind: 'created' })
    })

    it('of a task that never crossed the network is done at once', async () => {
      const { a } = world.sites
      const task = await posted({}, ['local.a.net'])
      await world.run(a.tasks.cancel(APP, task.id))

      expect(await world.run(a.tasks.answer(resultOf(task, 'local.a.net')))).to.deep.equal({ kind: 'cancelled' })
      expect(await world.run(a.tasks.deliveries(APP, task.id))).to.have.nested.property('deliveries[0].state', 'cancelled')
    })
  })

  describe('lease', () => {
    it('that runs out offers the task again and wakes a waiting poll', async () => {
      const { b } = world.sites
      const task = await posted()
      const claim = await answer(task, { status: 'claimed', lease: 60_000 })
      expect(claim).to.include({ kind: 'created', until: world.clock.now() + 60_000 })
      const held = b.tasks.list(WORKER, { todo: true }, { count: 1, time: 600_000, signal: NEVER })
      const began = world.clock.now()

      expect((await world.run(held)).map(({ id }) => id)).to.deep.equal([task.id])
      expect(world.clock.now() - began).to.be.within(59_000, 61_000)
      expect(await answer(task, { token: claim.token })).to.deep.equal({ kind: 'lease-lost' })
      const next = await answer(task, { status: 'claimed', lease: 60_000 })
      expect(next.token).to.be.greaterThan(claim.token)
      expect(await answer(task, { token: next.token })).to.include({ kind: 'updated' })
      await world.settle()
      expect(await world.run(world.sites.a.tasks.results(APP, task.id, noWait()))).to.have.nested.property('results[0].status', 'succeeded')
    })

    it('does not wake who lists all tasks: it is no new one', async () => {
      const task = await posted()
      await answer(task, { status: 'claimed', lease: 5_000 })
      const held = world.sites.b.tasks.list(WORKER, { todo: false, as: 'recipient' }, { count: 2, time: 20_000, signal: NEVER })
      const began = world.clock.now()
      await world.run(held)
      expect(world.clock.now() - began).to.equal(20_000)
    })

    it('is renewed without a new version for the creator', async () => {
      const task = await posted()
      const { token } = await answer(task, { status: 'claimed', lease: 10_000 })
      await world.settle()
      const before = await world.run(world.sites.a.store.listResults({ task: { creator: 'a.net', id: task.id } }))

      for (let i = 0; i < 5; i++) {
        await world.settle(8_000)
        expect(await answer(task, { status: 'claimed', lease: 10_000, token })).to.include({ kind: 'updated', token })
      }

      expect(await todo()).to.deep.equal([])
      expect(await world.run(world.sites.a.store.listResults({ task: { creator: 'a.net', id: task.id } }))).to.deep.equal(before)
    })

    it('outlives a crash of the recipient: it ends at its instant, tokens rise', async () => {
      const task = await posted()
      const { token, until } = await answer(task, { status: 'claimed', lease: 30_000 })
      await restart('b')
      expect(await todo()).to.deep.equal([])
      expect(await answer(task, { status: 'claimed', lease: 30_000 })).to.deep.equal({ kind: 'leased', until })
      await world.settle(30_000)
      expect(await todo()).to.deep.equal([task.id])
      expect((await answer(task, { status: 'claimed', lease: 1_000 })).token).to.be.greaterThan(token)
    })

    it('that ran out while the recipient was off is ended at its start', async () => {
      const task = await posted()
      await answer(task, { status: 'claimed', lease: 2_000 })
      world.sites.b.kill()
      await world.settle(10_000)
      await world.run(world.sites.b.start())
      await world.settle(1_000)
      expect(await todo()).to.deep.equal([task.id])
    })

    it('whatever workers do: tokens rise, at most one holds, only the holder is effective', async () => {
      const step = fc.record({ worker: fc.nat(2), act: fc.constantFrom('claim', 'renew', 'answer'), pause: fc.constantFrom(0, 400, 1_200) })

      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const task = await posted()
        const tokens: Array<number | undefined> = []
        let highest = 0
        let holder: { worker: number, until: number } | undefined

        for (const { worker, act, pause } of steps) {
          await world.settle(pause)
          const held = holder?.worker === worker && holder.until > world.clock.now()
          const free = holder == null || holder.until <= world.clock.now()
          const more: Partial<NewResult> = act === 'answer' ? { status: 'tempfailed', token: tokens[worker] } : { status: 'claimed', lease: 1_000, token: act === 'renew' ? tokens[worker] : undefined }
          const now = world.clock.now()

          if (act !== 'claim' && tokens[worker] == null) {
            continue
          }

          const outcome = await answer(task, more)
          const effective = ['created', 'updated'].includes(outcome.kind)

          if (act === 'claim') {
            expect(effective && !free, 'a second holder').to.be.false()

            if (effective) {
              expect(outcome.token).to.be.greaterThan(highest)
              highest = outcome.token
              tokens[worker] = highest
              holder = { worker, until: now + 1_000 }
            }
          } else if (act === 'renew') {
            expect(effective).to.equal(held)
            holder = held ? { worker, until: now + 1_000 } : holder
          } else if (effective) {
            // under its own lease, or once more after it
            expect(tokens[worker]).to.equal(highest)
            holder = held ? undefined : holder
          } else {
            expect(held).to.be.false()
          }
        }
      }), { numRuns: 30, seed: 7 })
    })
  })

  describe('retry', () => {
    const failureStrategy = '{"retry":{"backoff_millisecs":5000,"max_tries":2}}'

    it('wakes a waiting poll when the backoff is over, and fails for good at the last try', async () => {
      const { a, b } = world.sites
      const task = await posted({ failureStrategy })
      await answer(task, { status: 'tempfailed' })
      const began = world.clock.now()
      expect((await world.run(b.tasks.list(WORKER, { todo: true }, { count: 1, time: 60_000, signal: NEVER }))).map(({ id }) => id)).to.deep.equal([task.id])
      expect(world.clock.now() - began).to.be.within(4_000, 6_000)

      await answer(task, { status: 'tempfailed', body: 'why' })
      await world.settle(20_000)
      expect(await todo()).to.deep.equal([])
      const { results } = await world.run(a.tasks.results(APP, task.id, noWait())) as { results: unknown[] }
      expect(results).to.have.length(1)
      expect(results[0]).to.include({ status: 'permfailed', body: 'why' })
    })

    it('a worker that falls silent on the last try: the creator gets permfailed', async () => {
      const task = await posted({ failureStrategy: '{"retry":{"backoff_millisecs":0,"max_tries":1}}' })
      await answer(task, { status: 'claimed', lease: 2_000 })
      const held = world.sites.a.tasks.results(APP, task.id, { count: 1, time: 60_000, signal: NEVER })
      expect(await world.run(held)).to.have.nested.property('results[0].status', 'permfailed')
    })

    it('goes on counting after a crash', async () => {
      const task = await posted({ failureStrategy })
      await answer(task, { status: 'tempfailed' })
      await restart('b')
      await world.settle(5_000)
      expect(await todo()).to.deep.equal([task.id])
      await answer(task, { status: 'tempfailed' })
      await world.settle(10_000)
      expect(await todo()).to.deep.equal([])
    })
  })
})

import { expect } from 'aegir/chai'
import { noWait, resultOf, World } from './kit/world.ts'
import type { TaskView, Wait } from '../../src/tasks/index.ts'

/** An hour: the longest wait of the configuration that the kit uses */
const LONGEST = 3_600_000

/** What is asked, what is there at the start, what comes at which ms, when it must end and with how many */
interface Row { name: string, count?: number, time?: number, present: number, later?: number[], ends: number, returned: number }

const ROWS: Row[] = [
  { name: 'neither: at once, with nothing', present: 0, ends: 0, returned: 0 },
  { name: 'neither: at once, with what is there', present: 2, later: [10], ends: 0, returned: 2 },
  { name: 'time alone: the whole time, with nothing', time: 1_000, present: 0, ends: 1_000, returned: 0 },
  { name: 'time alone: the whole time, even if items are there', time: 1_000, present: 3, ends: 1_000, returned: 3 },
  { name: 'time alone: what comes meanwhile is in the answer', time: 1_000, present: 1, later: [400, 900, 1_100], ends: 1_000, returned: 3 },
  { name: 'count alone: at once when so many are there', count: 2, present: 2, ends: 0, returned: 2 },
  { name: 'count alone: all that match, never just so many', count: 1, present: 3, ends: 0, returned: 3 },
  { name: 'count alone: when the last one comes', count: 3, present: 1, later: [500, 700], ends: 700, returned: 3 },
  { name: 'count alone: up to the longest wait', count: 2, present: 1, ends: LONGEST, returned: 1 },
  { name: 'count 0: at once', count: 0, present: 0, ends: 0, returned: 0 },
  { name: 'count 0 with time: at once', count: 0, time: 500, present: 1, ends: 0, returned: 1 },
  { name: 'both: the count comes first', count: 2, time: 1_000, present: 0, later: [100, 300], ends: 300, returned: 2 },
  { name: 'both: the time comes first', count: 2, time: 1_000, present: 0, later: [100, 1_300], ends: 1_000, returned: 1 },
  { name: 'both: at once when so many are there', count: 1, time: 1_000, present: 1, ends: 0, returned: 1 },
  { name: 'time 0: at once', time: 0, present: 1, ends: 0, returned: 1 }
]

const APP = 'app2.a.net'
const CREATOR = 'app1.a.net'

describe('tasks: waiting', () => {
  let world: World

  beforeEach(async () => { world = await World.of(['a']) })
  afterEach(async () => { await world.close() })

  /** Runs the row on whatever makes one item and whatever polls */
  async function judge (row: Row, make: () => Promise<unknown>, poll: (wait: Wait) => Promise<unknown[]>): Promise<void> {
    for (let i = 0; i < row.present; i++) {
      await world.run(make())
    }

    const begin = world.clock.monotonic()
    const ended = poll({ count: row.count, time: row.time, signal: new AbortController().signal })
      .then((items) => ({ returned: items.length, ends: world.clock.monotonic() - begin }))

    for (const at of row.later ?? []) {
      world.clock.setTimeout(() => { void make() }, at)
    }

    expect(await world.run(ended, 2 * LONGEST)).to.deep.equal({ returned: row.returned, ends: row.ends })
    expect(world.sites.a.events.size, 'waiters left behind').to.equal(0)
  }

  async function judgeTasks (row: Row): Promise<void> {
    const { tasks } = world.sites.a
    const make = async (): Promise<unknown> => tasks.create(world.task(CREATOR, [APP], { ttlMs: 2 * LONGEST }))

    await judge(row, make, async (wait) => tasks.list(APP, { todo: true }, wait))
  }

  async function judgeResults (row: Row): Promise<void> {
    const { tasks } = world.sites.a
    const left = ['w1', 'w2', 'w3', 'w4'].map((name) => `${name}.a.net`)
    const task = world.task(CREATOR, [...left], { ttlMs: 2 * LONGEST })
    await world.run(tasks.create(task))
    const make = async (): Promise<unknown> => tasks.answer(resultOf(task, left.shift() as string))

    await judge(row, make, async (wait) => {
      const found = await tasks.results(CREATOR, task.id, wait)

      return found.kind === 'found' ? found.results : []
    })
  }

  ROWS.forEach((row) => {
    it(`for tasks, ${row.name}`, async () => judgeTasks(row))
    it(`for results, ${row.name}`, async () => judgeResults(row))
  })

  describe('what counts', () => {
    it('claimed results are returned but not waited for', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP, 'w2.a.net'])
      await world.run(tasks.create(task))
      await world.run(tasks.answer(resultOf(task, APP, { status: 'claimed' })))
      const poll = tasks.results(CREATOR, task.id, { count: 1, time: 5_000, signal: noWait().signal })
      world.clock.setTimeout(() => { void tasks.answer(resultOf(task, 'w2.a.net', { status: 'claimed' })) }, 100)
      world.clock.setTimeout(() => { void tasks.answer(resultOf(task, APP, { status: 'tempfailed' })) }, 300)
      const begin = world.clock.monotonic()
      const found = await world.run(poll)

      expect(world.clock.monotonic() - begin).to.equal(300)
      expect(found).to.have.property('results').with.length(2)
    })

    it('a later version by the same app counts again, though one result is returned', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP, 'w2.a.net'])
      await world.run(tasks.create(task))
      await world.run(tasks.answer(resultOf(task, APP)))
      const begin = world.clock.monotonic()
      const poll = tasks.results(CREATOR, task.id, { count: 2, time: 5_000, signal: noWait().signal })
      world.clock.setTimeout(() => { void tasks.answer(resultOf(task, APP, { body: 'better' })) }, 200)
      const found = await world.run(poll)

      expect(world.clock.monotonic() - begin).to.equal(200)
      expect(found).to.have.nested.property('results[0].body', 'better')
      expect(found).to.have.property('results').with.length(1)
    })

    it('results that do not name the creator are neither counted nor returned', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP])
      await world.run(tasks.create(task))
      await world.run(tasks.answer(resultOf(task, APP, { to: ['other.a.net'] })))

      expect(await world.run(tasks.results(CREATOR, task.id, { count: 1, time: 100, signal: noWait().signal }))).to.deep.equal({ kind: 'found', results: [] })
    })

    it('a task that becomes to do again wakes nobody', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP])
      await world.run(tasks.create(task))
      await world.run(tasks.answer(resultOf(task, APP, { status: 'claimed' })))
      const begin = world.clock.monotonic()
      const poll = tasks.list(APP, { todo: true }, { count: 1, time: 2_000, signal: noWait().signal })
      world.clock.setTimeout(() => { void tasks.answer(resultOf(task, APP, { status: 'tempfailed' })) }, 500)

      expect(await world.run(poll)).to.have.length(1)
      expect(world.clock.monotonic() - begin).to.equal(2_000)
    })

    it('what is stored between listening and reading is counted once', async () => {
      const { tasks, store } = world.sites.a
      const listTasks = store.listTasks.bind(store)
      let raced = false
      // the task is committed and announced while the first read is on its way
      store.listTasks = async (input) => {
        if (!raced) {
          raced = true
          await tasks.create(world.task(CREATOR, [APP]))
        }

        return listTasks(input)
      }
      const begin = world.clock.monotonic()

      expect(await world.run(tasks.list(APP, { todo: true }, { count: 2, time: 700, signal: noWait().signal }))).to.have.length(1)
      expect(world.clock.monotonic() - begin).to.equal(700)
    })

    it('reads the store twice at most, however much happens meanwhile', async () => {
      const { tasks, store } = world.sites.a
      const listTasks = store.listTasks.bind(store)
      let reads = 0
      store.listTasks = async (input) => { reads++; return listTasks(input) }
      const poll = tasks.list(APP, { todo: true }, { count: 50, time: 10_000, signal: noWait().signal })

      for (let i = 0; i < 50; i++) {
        await world.run(tasks.create(world.task(CREATOR, [APP])))
      }

      expect(await world.run(poll)).to.have.length(50)
      expect(reads).to.equal(2)
    })
  })

  describe('what ends it', () => {
    it('the client leaves', async () => {
      const { tasks, events } = world.sites.a
      const abort = new AbortController()
      const poll = tasks.list(APP, { todo: true }, { count: 1, signal: abort.signal })
      world.clock.setTimeout(() => { abort.abort() }, 50)

      expect(await world.run(poll, 100)).to.deep.equal([])
      expect(events.size).to.equal(0)
    })

    it('the client left before', async () => {
      const { tasks, events } = world.sites.a

      expect(await world.run(tasks.list(APP, { todo: true }, { count: 1, signal: AbortSignal.abort() }), 100)).to.deep.equal([])
      expect(events.size).to.equal(0)
    })

    it('the daemon drains: answered with what is there, and no new waits', async () => {
      const { tasks, events } = world.sites.a
      await world.run(tasks.create(world.task(CREATOR, [APP])))
      const poll = tasks.list(APP, { todo: true }, { count: 5, signal: noWait().signal })
      await world.settle(10)
      events.drain()

      expect(await world.run<TaskView[]>(poll, 10)).to.have.length(1)
      await expect(world.run(tasks.list(APP, { todo: true }, { count: 5, signal: noWait().signal }))).to.eventually.be.rejected.with.property('code', 'UNAVAILABLE')
    })

    it('the task expires: what came is returned', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP, 'w2.a.net'], { ttlMs: 3_000 })
      await world.run(tasks.create(task))
      await world.run(tasks.answer(resultOf(task, APP)))
      const begin = world.clock.monotonic()
      const found = await world.run(tasks.results(CREATOR, task.id, { count: 2, signal: noWait().signal }))

      expect(found).to.have.property('results').with.length(1)
      expect(world.clock.monotonic() - begin).to.be.within(3_000, 3_500)
    })

    it('the task is purged: gone', async () => {
      const { tasks, events } = world.sites.a
      const task = world.task(CREATOR, [APP])
      await world.run(tasks.create(task))
      const poll = tasks.results(CREATOR, task.id, { count: 1, signal: noWait().signal })
      await world.settle(10)
      events.emit(`results/a.net/${task.id}`, { kind: 'purged', task: { creator: 'a.net', id: task.id } })

      expect(await world.run(poll, 10)).to.deep.equal({ kind: 'gone' })
    })
  })

  describe('for one task by its id', () => {
    it('answers at once without wait parameters', async () => {
      expect(await world.run(world.sites.a.tasks.get(APP, world.random.uuid(), noWait()), 1)).to.deep.equal({ kind: 'not-found' })
    })

    it('waits until the id appears', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP])
      const begin = world.clock.monotonic()
      const poll = tasks.get(APP, task.id, { time: 5_000, signal: noWait().signal })
      world.clock.setTimeout(() => { void tasks.create(task) }, 800)

      expect(await world.run(poll)).to.have.nested.property('task.id', task.id)
      expect(world.clock.monotonic() - begin).to.equal(800)
    })

    it('does not wake for a task that it may not see', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, ['other.a.net'])
      const begin = world.clock.monotonic()
      const poll = tasks.get(APP, task.id, { count: 1, time: 2_000, signal: noWait().signal })
      world.clock.setTimeout(() => { void tasks.create(task) }, 300)

      expect(await world.run(poll)).to.deep.equal({ kind: 'not-found' })
      expect(world.clock.monotonic() - begin).to.equal(2_000)
    })

    it('answers at once when it is there, whatever the time says', async () => {
      const { tasks } = world.sites.a
      const task = world.task(CREATOR, [APP])
      await world.run(tasks.create(task))

      expect(await world.run(tasks.get(CREATOR, task.id, { time: 5_000, signal: noWait().signal }), 10)).to.have.nested.property('task.body', undefined)
    })
  })
})

import { expect } from 'aegir/chai'
import { AnswerRoom, MAX_ANSWERING } from '../../src/http/answer-room.ts'
import { FIRST_STEP, NEXT_STEP } from '../../src/tasks/steps.ts'
import { noWait, resultOf, World } from './kit/world.ts'
import type { NewTask, ResultEvent, Wait } from '../../src/tasks/index.ts'

const CREATOR = 'app1.a.net'
const APP = 'app2.a.net'
const WORKERS = Array.from({ length: 24 }, (_, i) => `w${i}.a.net`)
/** What is in a row itself: a body of 64 KiB, or so much metadata */
const SMALL = 'x'.repeat(60_000)
const METADATA = JSON.stringify('m'.repeat(500_000))

/** What is asked for and given back */
class Ledger {
  taken = 0
  most = 0
  full = false

  readonly room = (bytes: number): () => void => {
    // small answers are not counted
    if (this.full && bytes >= 65_536) {
      throw Object.assign(new Error('no room'), { code: 'LIMIT' })
    }

    let left = bytes
    this.taken += bytes
    this.most = Math.max(this.most, this.taken)

    return () => {
      this.taken -= left
      left = 0
    }
  }
}

describe('tasks: memory of answers', () => {
  let world: World
  let ledger: Ledger

  beforeEach(async () => {
    world = await World.of(['a'])
    ledger = new Ledger()
  })
  afterEach(async () => { await world.close() })

  const wait = (more: Partial<Wait> = {}): Wait => ({ ...noWait(), room: ledger.room, ...more })
  const created = async (more: Partial<NewTask>, to = [APP]): Promise<NewTask> => {
    const task = world.task(CREATOR, to, more)
    await world.run(world.sites.a.tasks.create(task))

    return task
  }
  /** A task with 24 answers of 60,000 bytes */
  const answered = async (): Promise<NewTask> => {
    const task = await created({}, WORKERS)

    for (const worker of WORKERS) {
      await world.run(world.sites.a.tasks.answer(resultOf(task, worker, { body: SMALL })))
    }

    return task
  }

  it('a list is read in steps, each with room of its own; metadata counts like bodies', async () => {
    const { tasks, store } = world.sites.a
    const steps: number[] = []
    const listTasks = store.listTasks.bind(store)
    store.listTasks = async (input) => {
      steps.push(input.maxBytes ?? Infinity)
      expect(ledger.taken, 'before it is read').to.be.at.least(steps.slice(1).reduce((sum, step) => sum + step, 0))

      return listTasks(input)
    }

    for (let i = 0; i < 24; i++) {
      await created({ metadata: METADATA })
    }

    expect(await world.run(tasks.list(APP, { todo: true }, wait()))).to.have.lengthOf(24)
    // three of them fill a step: a character counts twice
    expect(steps).to.deep.equal([FIRST_STEP, ...Array.from({ length: 8 }, () => NEXT_STEP)])
    // at least what is answered
    expect(ledger.taken).to.be.within(24 * 1_000_000, 24 * 1_000_000 + 2 * NEXT_STEP)
  })

  it('a list that finds no room is refused, and holds nothing', async () => {
    const { tasks } = world.sites.a

    for (let i = 0; i < 4; i++) {
      await created({ metadata: METADATA })
    }

    ledger.full = true
    await expect(world.run(tasks.list(APP, { todo: true }, wait()))).to.eventually.be.rejectedWith('no room')
    await expect(world.run(tasks.list(APP, { todo: true }, wait({ count: 100, time: 10_000 })))).to.eventually.be.rejectedWith('no room')
    expect(world.sites.a.events.size, 'waiters left behind').to.equal(0)
  })

  it('who waits holds nothing of what is there', async () => {
    const { tasks } = world.sites.a
    const task = await answered()

    for (let i = 0; i < 4; i++) {
      await created({ metadata: METADATA })
    }

    const polls = [tasks.list(APP, { todo: true }, wait({ count: 100, time: 10_000 })), tasks.results(CREATOR, task.id, wait({ count: 100, time: 10_000 }))]
    await world.settle(1_000)
    expect(ledger.most, 'was read').to.be.at.least(NEXT_STEP)
    expect(ledger.taken).to.equal(0)

    await world.run(Promise.all(polls))
    expect(ledger.taken, 'answered').to.be.at.least(24 * 60_000)
  })

  it('results are read in steps, without a body where none is asked for', async () => {
    const { tasks } = world.sites.a
    const task = await answered()
    const all = await world.run(tasks.results(CREATOR, task.id, wait()))
    expect(all.kind === 'found' && all.results.map(({ from, body }) => [from, body.length])).to.deep.equal(WORKERS.map((worker) => [worker, 60_000]))
    expect(ledger.taken).to.be.at.least(24 * 60_000)

    ledger.full = true
    const none = await world.run(tasks.results(CREATOR, task.id, wait(), 'none'))
    expect(none.kind === 'found' && none.results.map(({ body, bodyRef }) => [body, bodyRef?.size])).to.deep.equal(WORKERS.map(() => ['', 60_000]))
  })

  it('a page holds little of what is in rows, and the next one goes on', async () => {
    const { tasks } = world.sites.a

    for (let i = 0; i < 3; i++) {
      await created({ metadata: METADATA })
    }

    const first = await world.run(tasks.pageTasks(APP, { after: 0, limit: 100, bodies: 'all', room: ledger.room }))
    expect(first.items).to.have.lengthOf(Math.floor(NEXT_STEP / 1_000_000))
    const second = await world.run(tasks.pageTasks(APP, { after: first.next ?? 0, limit: 100, bodies: 'all' }))
    expect(first.items.length + second.items.length).to.equal(3)
    expect(second.next).to.equal(undefined)
  })

  describe('event streams', () => {
    const fromOf = (event: ResultEvent): string => event.kind === 'result' ? event.result.from : event.kind
    const watch = async (task: NewTask, room: AnswerRoom, more: Partial<Wait> = {}): Promise<AsyncIterator<ResultEvent>> => {
      const watching = await world.run(world.sites.a.tasks.watch(CREATOR, task.id, 0, { ...noWait(), turn: async (bytes) => room.turn(bytes, noWait().signal), ...more }))

      if (watching.kind !== 'watching') {
        throw new Error(watching.kind)
      }

      return watching.events[Symbol.asyncIterator]()
    }

    it('send a backlog in order, in steps that are given back', async () => {
      const room = new AnswerRoom()
      const events = await watch(await answered(), room)
      const seen: string[] = []
      let most = 0

      for (;;) {
        const { value, done } = await world.run(events.next())

        if (done === true) {
          break
        }

        most = Math.max(most, room.taken)
        seen.push(fromOf(value))
      }

      expect(seen).to.deep.equal(WORKERS)
      expect(most).to.equal(NEXT_STEP)
      expect(room.taken).to.equal(0)
    })

    it('wait for their turn with a large result, and go on with it', async () => {
      const room = new AnswerRoom()
      const task = await created({}, WORKERS)
      const others = await room.turn(MAX_ANSWERING, noWait().signal)
      const events = await watch(task, room, { count: 1, time: 60_000 })
      let event: ResultEvent | undefined
      const next = events.next().then(({ value }) => { event = value })
      await world.run(world.sites.a.tasks.answer(resultOf(task, WORKERS[0], { body: 'x'.repeat(300_000) })))
      await world.settle(5_000)
      expect(event).to.equal(undefined)

      others()
      await world.run(next)
      expect(event).to.have.nested.property('result.bodyBytes').with.lengthOf(300_000)
      expect(room.taken).to.be.at.least(300_000)
      expect((await world.run(events.next())).done).to.equal(true)
      expect(room.taken).to.equal(0)
    })

    it('of a slow reader keep little of what comes meanwhile', async () => {
      const task = await created({}, WORKERS)
      const events = await watch(task, new AnswerRoom(), { count: 24, time: 60_000 })
      const first = events.next()

      for (const worker of WORKERS) {
        await world.run(world.sites.a.tasks.answer(resultOf(task, worker, { metadata: METADATA })))
      }

      const seen = [fromOf((await world.run(first)).value)]

      while (seen.length < 24) {
        seen.push(fromOf((await world.run(events.next())).value))
      }

      expect(seen).to.deep.equal(WORKERS)
      await events.return?.()
    })
  })
})

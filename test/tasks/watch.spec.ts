import { expect } from 'aegir/chai'
import { MAX_STREAM_QUEUE } from '../../src/tasks/limits.ts'
import { noWait, resultOf, World } from './kit/world.ts'
import type { NewTask, ResultEvent, Wait } from '../../src/tasks/index.ts'

const CREATOR = 'app.a.net'
const WORKERS = ['w1.a.net', 'w2.a.net', 'w3.a.net']

describe('tasks: watch', () => {
  let world: World
  let task: NewTask

  beforeEach(async () => {
    world = await World.of(['a'])
    task = world.task(CREATOR, WORKERS)
    await world.run(world.sites.a.tasks.create(task))
  })
  afterEach(async () => { await world.close() })

  async function watch (wait: Partial<Wait>, after: number = 0): Promise<AsyncIterable<ResultEvent>> {
    const watching = await world.run(world.sites.a.tasks.watch(CREATOR, task.id, after, { ...noWait(), ...wait }))

    if (watching.kind !== 'watching') {
      throw new Error(watching.kind)
    }

    return watching.events
  }

  async function read (events: AsyncIterable<ResultEvent>, onEvent?: (event: ResultEvent) => void): Promise<string[]> {
    const seen: string[] = []

    for await (const event of events) {
      seen.push(event.kind === 'result' ? `${event.result.from.slice(0, 2)} ${event.result.status} ${event.result.body}` : event.kind)
      onEvent?.(event)
    }

    return seen
  }

  async function put (worker: number, body: string, status: 'claimed' | 'succeeded' = 'succeeded'): Promise<void> {
    await world.sites.a.tasks.answer(resultOf(task, WORKERS[worker], { body, status }))
  }

  function later (ms: number, fn: () => Promise<unknown>): void {
    world.clock.setTimeout(() => { void fn() }, ms)
  }

  it('without wait parameters: what is there, claimed ones too, then the end', async () => {
    await world.run(put(0, 'one'))
    await world.run(put(1, '', 'claimed'))

    expect(await world.run(read(await watch({})), 10)).to.deep.equal(['w1 succeeded one', 'w2 claimed '])
    expect(world.sites.a.events.size).to.equal(0)
  })

  it('with a count: ends without a word right after the result that fills it', async () => {
    later(100, async () => put(0, '', 'claimed'))
    later(200, async () => put(0, 'one'))
    later(300, async () => put(1, 'two'))
    later(400, async () => put(2, 'three'))
    const begin = world.clock.monotonic()

    expect(await world.run(read(await watch({ count: 2 })))).to.deep.equal(['w1 claimed ', 'w1 succeeded one', 'w2 succeeded two'])
    expect(world.clock.monotonic() - begin).to.equal(300)
  })

  it('with a count that is there already: stops at it', async () => {
    await world.run(put(0, 'one'))
    await world.run(put(1, 'two'))

    expect(await world.run(read(await watch({ count: 1, time: 1_000 })), 10)).to.deep.equal(['w1 succeeded one'])
  })

  it('with a time alone: stays open, then says that it is over', async () => {
    later(100, async () => put(0, 'one'))
    later(200, async () => put(0, 'better'))
    const begin = world.clock.monotonic()

    expect(await world.run(read(await watch({ time: 5_000 })))).to.deep.equal(['w1 succeeded one', 'w1 succeeded better', 'wait-expired'])
    expect(world.clock.monotonic() - begin).to.equal(5_000)
  })

  it('begins with the newest of what is there, and does not repeat what came before it', async () => {
    const events = await watch({ count: 3, time: 5_000 })
    await world.run(put(0, '', 'claimed'))
    await world.run(put(0, 'one'))
    await world.run(put(0, 'two'))
    await world.run(put(0, 'three'))

    expect(await world.run(read(events))).to.deep.equal(['w1 succeeded three', 'wait-expired'])
  })

  it('loses nothing between backlog and subscription, and says nothing twice', async () => {
    const { store } = world.sites.a
    const listResults = store.listResults.bind(store)
    store.listResults = async (input) => {
      const found = await listResults(input)
      // stored after the backlog was read and before anybody reads the stream
      store.listResults = listResults
      await put(1, 'meanwhile')

      return found
    }
    await world.run(put(0, 'one'))

    expect(await world.run(read(await watch({ count: 2, time: 1_000 })))).to.deep.equal(['w1 succeeded one', 'w2 succeeded meanwhile'])
  })

  it('resumes after the last seq that was seen', async () => {
    await world.run(put(0, 'one'))
    await world.run(put(1, 'two'))
    const seqs: number[] = []
    await world.run(read(await watch({}), (event) => { seqs.push(event.kind === 'result' ? event.result.seq : 0) }))
    await world.run(put(0, 'one, corrected'))

    expect(await world.run(read(await watch({}, seqs[0])))).to.deep.equal(['w2 succeeded two', 'w1 succeeded one, corrected'])
    expect(await world.run(read(await watch({}, seqs[1])))).to.deep.equal(['w1 succeeded one, corrected'])
  })

  it('says that it lives while nothing happens', async () => {
    expect(await world.run(read(await watch({ time: 40_000 })))).to.deep.equal(['keep-alive', 'keep-alive', 'wait-expired'])
  })

  it('says when the task expires', async () => {
    task = world.task(CREATOR, WORKERS, { ttlMs: 3_000 })
    await world.run(world.sites.a.tasks.create(task))
    later(1_000, async () => put(0, 'one'))

    expect(await world.run(read(await watch({ count: 2 })))).to.deep.equal(['w1 succeeded one', 'task-expired'])
    expect(await world.run(read(await watch({ count: 2 })))).to.deep.equal(['w1 succeeded one', 'task-expired'])
  })

  it('ends when the client leaves and when the daemon drains', async () => {
    const abort = new AbortController()
    const left = read(await watch({ count: 1, signal: abort.signal }))
    const drained = read(await watch({ count: 1 }))
    later(50, async () => { abort.abort() })
    expect(await world.run(left, 100)).to.deep.equal([])
    world.sites.a.events.drain()
    expect(await world.run(drained, 100)).to.deep.equal([])
    expect(world.sites.a.events.size).to.equal(0)
  })

  it('lets go of a stream that nobody reads when its client leaves', async () => {
    const abort = new AbortController()
    await watch({ count: 1, signal: abort.signal })
    expect(world.sites.a.events.size).to.equal(1)
    abort.abort()
    expect(world.sites.a.events.size).to.equal(0)
  })

  it('bounds what waits for a slow reader, who still gets the newest of each', async () => {
    const events = (await watch({ time: 60_000 }))[Symbol.asyncIterator]()
    await world.run(put(0, 'first'))
    expect((await world.run(events.next())).value).to.have.nested.property('result.body', 'first')

    for (let i = 0; i <= MAX_STREAM_QUEUE + 10; i++) {
      await world.run(put(1, `version ${i}`))
    }

    await world.run(put(2, 'last'))
    const rest: string[] = []

    while (rest.at(-1) !== 'last') {
      const { value } = await world.run(events.next())
      rest.push(value.result.body)
    }

    expect(rest.length).to.be.below(MAX_STREAM_QUEUE)
    expect(rest.at(-2)).to.equal(`version ${MAX_STREAM_QUEUE + 10}`)
    await world.run(Promise.resolve(events.return?.()))
    expect(world.sites.a.events.size).to.equal(0)
  })
})

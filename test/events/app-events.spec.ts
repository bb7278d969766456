import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { createAppEvents } from '../../src/events/app-events.ts'
import { createEventBus } from '../../src/events/create-bus.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { arrival, bytes, creation, NOW, OTHER, textBody, TTL } from '../store/fixtures.ts'
import type { AppEventItem, AppEvents, Position } from '../../src/events/app-events.ts'
import type { AppEvent, StoreCore } from '../../src/store/index.ts'

const ASKER = 'asker.s1.net'
const WORKER = 'worker.s1.net'
const KEEP = { now: NOW, eventsBefore: 0, maxEvents: 1_000, auditBefore: 0, maxEntries: 1_000_000, limit: 1_000 }

describe('events of an app', () => {
  let core: StoreCore
  let events: AppEvents

  beforeEach(() => {
    core = openCore({ path: ':memory:' })
    events = createAppEvents({ store: inProcessStore(core), events: createEventBus() })
  })
  afterEach(() => { core.close() })

  const list = (app: string, after = 0): AppEvent[] => core.listEvents({ app, after, limit: 1_000 }).events
  const numbers = (app: string): number[] => list(app).map(({ n }) => n)

  const follow = async (app: string, after: Position | undefined, count: number): Promise<AppEventItem[]> => {
    const controller = new AbortController()
    const items: AppEventItem[] = []

    for await (const item of await events.follow(app, after, controller.signal)) {
      if (items.push(item) >= count) {
        break
      }
    }

    return items
  }

  it('tell the creator of deliveries, claims, answers and the end, and the worker of what came', () => {
    core.openEvents({ app: ASKER })
    core.openEvents({ app: WORKER })
    const input = creation({ to: ['worker.s2.net', WORKER] })
    const { task } = input
    core.createTask(input)
    core.settleDelivery({ envelopeId: input.deliveries[0].envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW + 1 })
    const version = { task, to: [ASKER], metadata: 'null', incarnation: 1, now: NOW + 2 }
    core.putResult({ ...version, from: WORKER, status: 'claimed', body: textBody('') })
    core.receiveResult({ ...version, from: 'worker.s2.net', status: 'succeeded', body: textBody('secret'), revision: 1, envelopeId: bytes(16), envelopeHash: bytes(32), site: OTHER, dedupUntil: NOW + TTL })
    core.expireStep({ now: NOW + TTL, limit: 10 })

    expect(list(ASKER).map(({ n, kind, from, to, status }) => [n, kind, from, to, status])).to.deep.equal([
      [1, 'task_delivered', ASKER, OTHER, undefined],
      [2, 'task_claimed', WORKER, ASKER, 'claimed'],
      [3, 'task_answered', 'worker.s2.net', ASKER, 'succeeded'],
      [4, 'task_expired', ASKER, ASKER, undefined]
    ])
    // it claimed: nothing more was asked of it
    expect(list(WORKER).map(({ n, kind, from }) => [n, kind, from])).to.deep.equal([[1, 'task_arrived', ASKER]])
    expect(JSON.stringify([list(ASKER), list(WORKER)])).to.not.include('secret')
  })

  it('a result that does not name the creator is not told to it', () => {
    core.openEvents({ app: ASKER })
    const input = creation({ to: [WORKER] }, { deliveries: [] })
    core.createTask(input)
    core.putResult({ task: input.task, from: WORKER, to: ['else.s1.net'], status: 'succeeded', metadata: 'null', body: textBody('x'), incarnation: 1, now: NOW })

    expect(list(ASKER)).to.deep.equal([])
  })

  it('are kept only for apps that asked once, and never shown to another', () => {
    core.openEvents({ app: WORKER })
    core.receiveTask(arrival({ to: [WORKER, 'made-up.s1.net'] }))

    expect(numbers(WORKER)).to.deep.equal([1])
    expect(numbers('made-up.s1.net')).to.deep.equal([])
    expect(numbers(ASKER)).to.deep.equal([])
  })

  it('have no hole when work is rolled back, alone or with its whole batch', () => {
    core.openEvents({ app: WORKER })
    const arrive = (): void => { core.receiveTask(arrival()) }
    arrive()
    core.transaction(() => {
      arrive()
      expect(() => core.transaction(() => {
        arrive()
        throw new Error('one of the batch')
      })).to.throw('one of the batch')
      arrive()
    })
    expect(() => core.transaction(() => {
      arrive()
      throw new Error('all of it')
    })).to.throw('all of it')
    arrive()

    expect(numbers(WORKER)).to.deep.equal([1, 2, 3, 4])
  })

  it('numbers never come twice, not after a purge of everything, a restart, or the app\'s removal', () => {
    const dir = mkdtempSync(join(tmpdir(), 'beam-events-'))

    try {
      const path = join(dir, 'beam.sqlite')
      let core = openCore({ path })
      core.openEvents({ app: WORKER })
      core.receiveTask(arrival())
      core.receiveTask(arrival())
      core.purgeJournal({ ...KEEP, eventsBefore: NOW })
      core.close()

      core = openCore({ path })
      expect(core.openEvents({ app: WORKER })).to.deep.equal({ last: 2, purged: 2 })
      core.receiveTask(arrival())
      expect(core.listEvents({ app: WORKER, after: 0, limit: 10 }).events.map(({ n }) => n)).to.deep.equal([3])

      core.addApp({ name: 'worker', scheme: 'sha256', salt: bytes(16), hash: bytes(32), created: NOW })
      core.removeApp({ name: 'worker' })
      expect(core.listEvents({ app: WORKER, after: 0, limit: 10 }).events).to.deep.equal([])
      core.receiveTask(arrival())
      expect(core.openEvents({ app: WORKER })).to.deep.equal({ last: 3, purged: 3 })
      core.close()
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('are purged by count and by age, oldest first, in steps', () => {
    core.openEvents({ app: WORKER })

    for (let i = 0; i < 10; i++) {
      core.receiveTask(arrival({}, { now: NOW + i }))
    }

    expect(core.purgeJournal({ ...KEEP, maxEvents: 8, limit: 1 })).to.equal(true)
    expect(core.purgeJournal({ ...KEEP, maxEvents: 8, limit: 5 })).to.equal(false)
    expect(numbers(WORKER)).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10])
    core.purgeJournal({ ...KEEP, eventsBefore: NOW + 4 })
    expect(numbers(WORKER)).to.deep.equal([6, 7, 8, 9, 10])
  })

  it('wake who follows, after the commit', async () => {
    const store = inProcessStore(core)
    const live = createAppEvents({ store, events: createEventBus() })
    const seen: string[] = []
    const following = (async () => {
      for await (const item of await live.follow(WORKER, undefined, new AbortController().signal)) {
        if (item.kind === 'event' && seen.push(item.event.task) === 2) {
          break
        }
      }
    })()
    await new Promise(resolve => { setTimeout(resolve, 20) })
    const [a, b] = [arrival(), arrival()]
    await store.receiveTask(a)
    await new Promise(resolve => { setTimeout(resolve, 20) })
    expect(seen).to.deep.equal([a.task.id])
    await store.receiveTask(b)
    await following
    expect(seen).to.deep.equal([a.task.id, b.task.id])
  })

  it('go on after a position, and say what is missing and why', async () => {
    core.openEvents({ app: WORKER })

    for (let i = 0; i < 5; i++) {
      core.receiveTask(arrival())
    }

    const { incarnation } = core
    const event = (item: AppEventItem): unknown => item.kind === 'event' ? item.event.n : item
    expect((await follow(WORKER, { incarnation, n: 3 }, 2)).map(event)).to.deep.equal([4, 5])
    expect((await follow(WORKER, { incarnation, n: 0 }, 1)).map(event)).to.deep.equal([1])

    core.purgeJournal({ ...KEEP, maxEvents: 2 })
    expect((await follow(WORKER, { incarnation, n: 1 }, 3)).map(event)).to.deep.equal([{ kind: 'gap', reason: 'purged', from: 2, to: 3 }, 4, 5])
    expect((await follow(WORKER, { incarnation: incarnation - 1, n: 99 }, 2)).map(event)).to.deep.equal([{ kind: 'gap', reason: 'restored', from: 100, to: 3 }, 4])
    expect((await follow(WORKER, { incarnation, n: 6 }, 2)).map(event)).to.deep.equal([{ kind: 'gap', reason: 'unknown', from: 7, to: 3 }, 4])
  })

  it('end when the reader goes and when the daemon drains', async () => {
    const bus = createEventBus()
    const events = createAppEvents({ store: inProcessStore(core), events: bus })
    const controller = new AbortController()
    const read = async (signal: AbortSignal): Promise<number> => {
      let count = 0

      for await (const item of await events.follow(WORKER, undefined, signal)) {
        count += item.kind === 'event' ? 1 : 0
      }

      return count
    }
    const [gone, drained] = [read(controller.signal), read(new AbortController().signal)]
    await new Promise(resolve => { setTimeout(resolve, 10) })
    expect(bus.size).to.equal(2)
    controller.abort()
    expect(await gone).to.equal(0)
    bus.drain()
    expect(await drained).to.equal(0)
    expect(bus.size).to.equal(0)
  })
})

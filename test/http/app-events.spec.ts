import { once } from 'node:events'
import { expect } from 'aegir/chai'
import { createAppEvents } from '../../src/events/app-events.ts'
import { createEventBus } from '../../src/events/create-bus.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { until } from '../cli/support.ts'
import { startMetered } from '../metrics/kit.ts'
import { arrival, NOW, TTL } from '../store/fixtures.ts'
import { APP1, APP2, authorization, call, startApi } from './helpers/api.ts'
import { collect, openEvents } from './helpers/event-source.ts'
import { head, open } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'
import type { EventSourceAnswer } from './helpers/event-source.ts'
import type { AppEventItem, AppEvents } from '../../src/events/app-events.ts'
import type { Store, StoreCore } from '../../src/store/index.ts'

const SELF = 'proxy1.broker'

describe('http: events of an app', () => {
  let api: TestApi
  let core: StoreCore
  let store: Store

  beforeEach(async () => {
    core = openCore({ path: ':memory:' })
    store = inProcessStore(core)
    api = await startApi({ appEvents: createAppEvents({ store, events: createEventBus() }), limits: { keepAlive: 30, stall: 400 }, api: { maxPolls: 2 } })
  })
  afterEach(async () => {
    await api.close()
    await store.close()
  })

  const arrive = async (to: string): Promise<string> => {
    const input = arrival({ to: [to] }, { self: SELF })
    await store.receiveTask(input)

    return input.task.id
  }
  const stream = async (query = '', headers: Record<string, string> = {}, app = APP1): Promise<EventSourceAnswer> => openEvents(`${api.url}/v1/events${query}`, { ...authorization(app), ...headers })

  it('sends what concerns the asking app as it is committed, and nothing of another app', async () => {
    const mine = await stream()
    const other = await stream('', {}, APP2)
    expect(mine.headers.get('content-type')).to.equal('text/event-stream')
    await arrive(APP2)
    const task = await arrive(APP1)
    const [event] = await collect(mine.events, 1)
    const [foreign] = await collect(other.events, 1)

    expect(event).to.include({ id: '1-1', event: 'task_arrived' })
    expect(JSON.parse(event.data)).to.include({ n: 1, task, creator: 's2.net', from: 'asker.s2.net', to: APP1 }).and.to.have.keys('n', 'at', 'creator', 'task', 'from', 'to')
    expect(JSON.parse(foreign.data)).to.include({ n: 1, to: APP2 })
  })

  it('goes on after Last-Event-ID, which beats ?after=, and says where there is a gap', async () => {
    core.openEvents({ app: APP1 })
    await arrive(APP1)
    await arrive(APP1)
    await arrive(APP1)

    expect((await collect((await stream('?after=0')).events, 3)).map(({ id }) => id)).to.deep.equal(['1-1', '1-2', '1-3'])
    expect((await collect((await stream('?after=0', { 'last-event-id': '1-2' })).events, 1)).map(({ id }) => id)).to.deep.equal(['1-3'])

    core.purgeJournal({ now: 0, eventsBefore: 0, maxEvents: 1, auditBefore: 0, maxEntries: 1_000, limit: 100 })
    const [gap, event] = await collect((await stream('?after=1-1')).events, 2)
    expect([gap.event, gap.id, JSON.parse(gap.data), event.id]).to.deep.equal(['gap', '1-2', { reason: 'purged', from: 2, to: 2 }, '1-3'])

    const [restored] = await collect((await stream('?after=7-1')).events, 1)
    expect(JSON.parse(restored.data)).to.deep.equal({ reason: 'restored', from: 2, to: 2 })
  })

  it('narrows by types', async () => {
    const { events } = await stream('?types=task_expired')
    const task = await arrive(APP1)
    await store.expireStep({ now: NOW + TTL, limit: 10 })
    const [event] = await collect(events, 1)

    expect([event.event, event.id, JSON.parse(event.data).task]).to.deep.equal(['task_expired', '1-2', task])
  })

  it('names the parameter that does not fit', async () => {
    for (const [query, parameter] of [['?after=x', 'after'], ['?after=1-2-3', 'after'], ['?after=1&after=2', 'after'], ['?types=task', 'types']]) {
      const { status, text } = await call(api.url, `/v1/events${query}`)
      expect(status, query).to.equal(400)
      expect(text, query).to.include(parameter)
    }

    expect((await call(api.url, '/v1/events', { headers: { 'last-event-id': 'no' } })).text).to.include('Last-Event-ID')
  })

  it('asks for the key, counts as a held poll, and keeps a quiet stream alive', async () => {
    expect((await call(api.url, '/v1/events', { app: '' })).status).to.equal(401)
    const first = await stream()
    const second = await stream()
    expect((await call(api.url, '/v1/events')).status).to.equal(429)
    expect((await first.events.next()).value).to.deep.equal({ comment: 'keep-alive' })
    first.abort()
    second.abort()
  })

  it('a reader that takes nothing is cut: no more is read for it than its connection holds, and its place is free', async () => {
    let read = 0
    let ended = false
    const event = { n: 1, kind: 'task_arrived', at: NOW, creator: 's2.net', task: 't', from: 'x'.repeat(50_000), to: APP1 }
    const endless: AppEvents = {
      incarnation: 1,
      stop: () => {},
      follow: async (_app, _after, signal) => (async function * () {
        try {
          while (!signal.aborted) {
            read++
            yield { kind: 'event', event } as unknown as AppEventItem
          }
        } finally {
          ended = true
        }
      })()
    }
    const metered = await startMetered()
    const own = await startApi({ appEvents: endless, metrics: metered.metrics, limits: { keepAlive: 30, stall: 400 }, api: { maxPolls: 1 } })

    try {
      const socket = await open(own.url)
      socket.on('error', () => {})
      socket.pause()
      const closed = once(socket, 'close')
      socket.write(head('GET', '/v1/events'))
      await until(async () => read > 0 ? true : undefined)
      expect((await call(own.url, '/v1/events')).status, 'it counts').to.equal(429)
      await until(async () => ended ? true : undefined, 5_000)
      // what the two ends of a connection hold is a few MiB
      expect(read * 50_000).to.be.below(32 * 1_048_576)
      socket.resume()
      await closed
      const next = await openEvents(`${own.url}/v1/events`, authorization(APP1))
      expect(next.status, 'its place is free').to.equal(200)
      next.abort()
      expect(await metered.value('beam_http_readers_cut_total')).to.equal(1)
    } finally {
      await own.close()
      await metered.end()
    }
  })

  it('ends with the key that it was begun with', async () => {
    for (const end of ['rotate', 'remove'] as const) {
      const { id, key } = await api.apps.add('app3')
      const theirs = await openEvents(`${api.url}/v1/events`, { authorization: `ApiKey ${id} ${key}` })
      const mine = await stream()
      await api.apps[end]('app3')
      await expect((async () => { for await (const event of theirs.events) { expect(event).to.deep.equal({ comment: 'keep-alive' }) } })(), end).to.eventually.be.rejected()
      await arrive(APP1)
      expect((await collect(mine.events, 1)).map(({ event }) => event), 'nobody else is cut').to.deep.equal(['task_arrived'])
      mine.abort()
      await api.apps.remove('app3').catch((error: Error) => { expect(error).to.have.property('name', 'NotFoundError') })
    }
  })
})

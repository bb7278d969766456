import { randomUUID } from 'node:crypto'
import { expect } from 'aegir/chai'
import { APP1, APP2, authorization, call, newResult, newTask, startApi } from './helpers/api.ts'
import { collect, openEvents } from './helpers/event-source.ts'
import { head, open, receive } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'
import type { EventSourceAnswer } from './helpers/event-source.ts'

describe('http: event streams', () => {
  let api: TestApi
  let id: string

  before(async () => { api = await startApi({ limits: { keepAlive: 40, stall: 400 }, api: { maxPolls: 3 } }) })
  after(async () => { await api.close() })

  beforeEach(async () => {
    id = randomUUID()
    await call(api.url, '/v1/tasks', { method: 'POST', body: newTask({ id, to: [APP2, APP1] }) })
  })

  const put = async (status: string, app = APP2, body = 'x'): Promise<void> => {
    await call(api.url, `/v1/tasks/${id}/results/${app}`, { method: 'PUT', app, body: newResult(id, { from: app, status, body }) })
  }
  const stream = async (query = '', headers = {}): Promise<EventSourceAnswer> => openEvents(`${api.url}/v1/tasks/${id}/results${query}`, { ...authorization(), ...headers })
  const quiet = async (): Promise<void> => {
    while (api.tasks.waiting > 0) {
      await new Promise((resolve) => { setTimeout(resolve, 5) })
    }
  }

  it('sends what is there and ends when nobody waits', async () => {
    await put('claimed')
    await put('succeeded', APP1)

    const { status, headers, events } = await stream()
    const collected = await collect(events)

    expect(status).to.equal(200)
    expect(headers.get('content-type')).to.equal('text/event-stream')
    expect(headers.get('cache-control')).to.equal('no-cache')
    expect(collected.map(({ event, data }) => [event, JSON.parse(data).status])).to.deep.equal([['new_result', 'claimed'], ['new_result', 'succeeded']])
    expect(collected.every(({ id }) => /^\d+$/.test(id ?? ''))).to.equal(true)
  })

  it('ends without a word after the n-th result that is no claim', async () => {
    const { events } = await stream('?wait_count=2')
    const collected = collect(events)

    await put('claimed')
    await put('tempfailed')
    await put('succeeded')

    expect((await collected).map(({ event, data }) => [event, JSON.parse(data).status])).to.deep.equal([['new_result', 'claimed'], ['new_result', 'tempfailed'], ['new_result', 'succeeded']])
  })

  it('says when the time is over', async () => {
    await put('succeeded')

    const collected = await collect((await stream('?wait_time=60ms')).events)

    expect(collected.map(({ event }) => event)).to.deep.equal(['new_result', 'wait_expired'])
    expect(collected[1]).to.deep.equal({ event: 'wait_expired', data: 'null' })
  })

  it('goes on after Last-Event-ID', async () => {
    await put('succeeded')

    const [first] = await collect((await stream()).events)

    expect(await collect((await stream('', { 'last-event-id': first.id })).events)).to.deep.equal([])
    await put('succeeded', APP1)

    const rest = await collect((await stream('', { 'last-event-id': first.id })).events)

    expect(rest.map(({ data }) => JSON.parse(data).from)).to.deep.equal([APP1])
    expect(await collect((await stream('', { 'last-event-id': '' })).events)).to.have.lengthOf(2)

    for (const bad of ['x', '-1', '1.5', '1'.repeat(16)]) {
      const { status, text } = await stream('', { 'last-event-id': bad })

      expect(status, bad).to.equal(400)
      expect(await text()).to.match(/^Last-Event-ID must be/)
    }
  })

  it('keeps a quiet stream alive with comments', async () => {
    const { events } = await stream('?wait_time=150ms')
    const seen: string[] = []

    for await (const event of events) {
      seen.push('comment' in event ? event.comment : event.event)
    }

    expect(seen.slice(0, -1)).to.include('keep-alive')
    expect(seen.at(-1)).to.equal('wait_expired')
  })

  it('follows Beam\'s rule for Accept', async () => {
    for (const [accept, streams] of [
      ['text/event-stream', true], ['text/html, text/event-stream', true], ['application/json,text/event-stream,*/*', true],
      ['text/event-stream;q=0.9', false], ['*/*', false], ['text/*', false], ['application/json', false], ['Text/Event-Stream', false]
    ] as const) {
      const { headers } = await call(api.url, `/v1/tasks/${id}/results`, { headers: { accept } })

      expect(headers.get('content-type')?.startsWith('text/event-stream'), accept).to.equal(streams)
    }

    const list = await call(api.url, `/v1/tasks?from=${APP1}`, { headers: { accept: 'text/event-stream' } })

    expect(list.headers.get('content-type')).to.match(/^application\/json/)
  })

  it('answers errors as plain HTTP before the stream', async () => {
    const url = (task: string): string => `${api.url}/v1/tasks/${task}/results?wait_count=1`

    for (const [path, app, status] of [[url(id), APP2, 403], [url(randomUUID()), APP1, 404], [url('x'), APP1, 400], [`${url(id)}x`, APP1, 400]] as const) {
      expect((await openEvents(path, authorization(app))).status).to.equal(status)
    }

    expect((await openEvents(url(id), {})).status).to.equal(401)
  })

  it('frees everything when the client leaves, and holds only so many', async () => {
    const held = await Promise.all([1, 2, 3].map(async () => stream('?wait_count=1')))

    expect(api.tasks.waiting).to.equal(3)

    const refused = await stream('?wait_count=1')

    expect(refused.status).to.equal(429)
    expect(refused.headers.get('retry-after')).to.equal('1')
    expect(await refused.text()).to.match(/holds 3 polls and event streams already/)
    held[0].abort()
    held[1].abort()
    held[2].abort()
    await quiet()
    expect((await stream('?wait_time=1ms')).status).to.equal(200)
  })

  it('lets a slow reader wait and cuts one that takes nothing', async () => {
    const body = 'x'.repeat(8_000_000)

    for (let i = 0; i < 4; i++) {
      await put('succeeded', i % 2 === 0 ? APP1 : APP2, body)
    }

    const socket = await open(api.url)

    socket.pause()
    socket.write(head('GET', `/v1/tasks/${id}/results?wait_time=1h`, 'accept: text/event-stream'))
    await new Promise((resolve) => { setTimeout(resolve, 300) })
    expect(api.tasks.waiting, 'the daemon has not read ahead').to.equal(0)

    // it goes on reading late: nothing is lost
    const slow = await open(api.url)

    slow.pause()
    slow.write(head('GET', `/v1/tasks/${id}/results`, 'accept: text/event-stream'))
    await new Promise((resolve) => { setTimeout(resolve, 200) })
    slow.resume()

    const received = await receive(slow, '\r\n0\r\n\r\n', 5_000)

    expect(received.split('event: new_result')).to.have.lengthOf(3)
    slow.destroy()

    await new Promise((resolve) => { setTimeout(resolve, 600) })
    socket.resume()
    expect((await receive(socket, '\r\n0\r\n\r\n', 3_000)).length).to.be.below(16_000_000)
    expect(socket.destroyed || socket.readableEnded).to.equal(true)
  })
})

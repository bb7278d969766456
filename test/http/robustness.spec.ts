import { once } from 'node:events'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { startMetered } from '../metrics/kit.ts'
import { APP1, APP2, authorization, call, newTask, startApi } from './helpers/api.ts'
import { exchange, head, open, rawRequest, receive } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'

const pause = async (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

describe('http: nothing an app sends ends the daemon', () => {
  let api: TestApi

  before(async () => {
    api = await startApi({
      api: { bodyLimit: 1_000_000, maxPolls: 5, maxWait: 2_000 },
      limits: { headersTimeout: 200, requestTimeout: 600, maxConnections: 50, maxReceiving: 1_500_000, keepAliveTimeout: 60_000 }
    })
  })
  after(async () => { await api.close() })

  afterEach('still serves', async () => {
    expect((await call(api.url, '/v1/health')).status).to.equal(200)
    expect((await call(api.url, '/v1/tasks', { method: 'POST', body: newTask() })).status).to.equal(201)
  })

  it('answers 413 above the limit, announced or chunked, and keeps the connection usable', async () => {
    const body = JSON.stringify(newTask({ body: 'x'.repeat(1_000_000) }))

    const ways: Array<Record<string, string>> = [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]

    for (const [method, path] of [['POST', '/v1/tasks'], ['PUT', `/v1/tasks/${newTask().id}/results/app1.proxy1.broker`]]) {
      for (const headers of ways) {
        const { status, text } = await rawRequest(api.url, path, { host: 'localhost', ...authorization(), ...headers }, method, body)

        expect(status, method).to.equal(413)
        expect(text).to.match(/^the request body is larger than the limit of 1000000 bytes/)
      }
    }

    const socket = await open(api.url)

    socket.write(head('POST', '/v1/tasks', `content-length: ${body.length}`) + body + head('GET', '/v1/health'))
    expect(await receive(socket, 'HTTP/1.1 200')).to.match(/^HTTP\/1\.1 413 [^]*HTTP\/1\.1 200 /)
    socket.destroy()
    expect((await call(api.url, '/v1/tasks', { method: 'POST', body: newTask({ body: 'x'.repeat(999_000) }) })).status).to.equal(201)
  })

  it('sends 100 Continue only when the body is wanted', async () => {
    const body = JSON.stringify(newTask())
    const socket = await open(api.url)

    socket.write(head('POST', '/v1/tasks', `content-length: ${body.length}`, 'expect: 100-continue'))
    expect(await receive(socket, '\r\n\r\n')).to.match(/^HTTP\/1\.1 100 /)
    socket.write(body)
    expect(await receive(socket, '\r\n\r\n')).to.match(/^HTTP\/1\.1 201 /)
    socket.destroy()

    for (const [request, status] of [
      [head('POST', '/v1/tasks', 'content-length: 2000000', 'expect: 100-continue'), 413],
      ['POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n', 401],
      [head('POST', '/nope', 'content-length: 5', 'expect: 100-continue'), 404],
      ['POST /v1/tasks HTTP/1.1\r\nhost: evil\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n', 403]
    ] as const) {
      const answer = await exchange(api.url, request)

      expect(answer).to.match(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(answer.toLowerCase()).to.include('connection: close')
    }

    expect(await exchange(api.url, head('POST', '/v1/tasks', 'content-length: 5', 'expect: wonders'), '\r\n\r\n')).to.match(/^HTTP\/1\.1 417 /)
  })

  it('bounds what all large bodies take together', async () => {
    const half = await Promise.all([1, 2].map(async () => {
      const socket = await open(api.url)

      socket.write(head('POST', '/v1/tasks', 'content-length: 800000'))

      return socket
    }))
    const answers = await Promise.race(half.map(async (socket) => receive(socket, '\r\n\r\n', 500)))

    expect(answers).to.match(/^HTTP\/1\.1 429 [^]*retry-after: 1/i)
    half.forEach((socket) => { socket.destroy() })
    await pause(50)
    expect((await call(api.url, '/v1/tasks', { method: 'POST', body: newTask({ body: 'x'.repeat(900_000) }) })).status).to.equal(201)
  })

  it('refuses absurd requests with a sentence', async () => {
    const table: Array<[string | Buffer, RegExp]> = [
      ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 [^]*not well-formed HTTP$/], ['GET / HTTP/9.9\r\n\r\n', /^HTTP\/1\.1 (400|505) /], [Buffer.from([0x16, 3, 1, 0, 5, 0]), /^HTTP\/1\.1 400 /],
      [head('GET', '/v1/health', `x: ${'y'.repeat(20_000)}`), /^HTTP\/1\.1 431 [^]*larger than the limit$/], [head('GET', '/v1/health', ...Array.from({ length: 3_000 }, (_, i) => `x${i}: y`)), /^HTTP\/1\.1 431 /],
      [head('POST', '/v1/tasks', 'content-length: 5', 'content-length: 6'), /^HTTP\/1\.1 400 /], [head('POST', '/v1/tasks', 'content-length: -1'), /^HTTP\/1\.1 400 /],
      [head('POST', '/v1/tasks', 'content-length: 5', 'transfer-encoding: chunked'), /^HTTP\/1\.1 400 /], [`${head('POST', '/v1/tasks', 'transfer-encoding: chunked')}zz\r\n`, /^HTTP\/1\.1 400 /],
      [head('GET', `/v1/tasks/${'%'.repeat(50)}`), /^HTTP\/1\.1 400 [^]*cannot be read$/], [head('GET', '/v1/tasks?filter=%zz'), /^HTTP\/1\.1 400 [^]*filter must be/], [head('GET', '/v1/tasks?%'), /^HTTP\/1\.1 400 /],
      [head('GET', `/v1/tasks?filter=todo&${'a&'.repeat(5_000)}`), /^HTTP\/1\.1 200 /], [head('GET', '/v1/tasks/%00'), /^HTTP\/1\.1 400 [^]*Invalid URL/], [head('CONNECT', 'x:1'), /^(HTTP\/1\.1 4\d\d |$)/],
      [head('GET', '/v1/health', 'connection: upgrade', 'upgrade: tcp'), /^HTTP\/1\.1 200 /], [head('GET', '*'), /^HTTP\/1\.1 404 /], ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 (400|505) /]
    ]

    for (const [bytes, answer] of table) {
      expect(await exchange(api.url, bytes, undefined, 120), bytes.toString().slice(0, 60)).to.match(answer)
    }
  })

  it('refuses JSON that would not end', async () => {
    for (const body of ['['.repeat(900_000), '{"a":'.repeat(180_000), `{"id":${'['.repeat(60_000)}`, `[${'0,'.repeat(449_000)}0]`, '"\\u'.repeat(100_000), '\u0000'.repeat(1_000), '{"__proto__":{"id":1}}', '{"constructor":{"prototype":1}}']) {
      const { status, text } = await call(api.url, '/v1/tasks', { method: 'POST', body })

      expect(status, body.slice(0, 20)).to.equal(400)
      expect(text).to.match(/^Invalid body\n/)
    }
  })

  it('never answers 500 to a body, whatever it holds', async () => {
    const task = newTask()

    await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(task)), fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.boolean(), async (field, value, at, cut) => {
      const text = JSON.stringify({ ...newTask(), [field]: value })
      const { status } = await call(api.url, '/v1/tasks', { method: 'POST', body: cut ? text.slice(0, at % text.length) : text })

      expect(status).to.be.oneOf([201, 400, 401, 409])
    }), { numRuns: 300 })
  })

  it('never answers 500 to a query, whatever it holds', async () => {
    await fc.assert(fc.asyncProperty(fc.webQueryParameters(), fc.constantFrom('filter', 'to', 'from', 'wait_count', 'x'), fc.string({ maxLength: 20 }), async (query, name, value) => {
      const { status } = await call(api.url, `/v1/tasks?${query}&${name}=${encodeURIComponent(value)}&wait_time=0&filter=todo`)

      expect(status).to.be.oneOf([200, 206, 400, 403])
    }), { numRuns: 200 })
  })

  it('cuts a reader that takes nothing of a large answer', async () => {
    const metered = await startMetered()
    const slow = await startApi({ limits: { stall: 200 }, metrics: metered.metrics })
    const body = 'x'.repeat(10_000_000)

    await call(slow.url, '/v1/tasks', { method: 'POST', body: newTask({ body }) })
    await call(slow.url, '/v1/tasks', { method: 'POST', body: newTask({ body }) })

    for (const path of ['/v1/tasks?filter=todo', `/v1/tasks/${[...slow.tasks.tasks.keys()][0]}`]) {
      const socket = await open(slow.url)

      socket.pause()
      socket.write(head('GET', path).replace(APP1, APP2))
      await pause(700)
      socket.resume()
      expect((await receive(socket, undefined, 2_000)).length, path).to.be.below(9_000_000)
      socket.destroy()
    }

    expect(await metered.value('beam_http_readers_cut_total')).to.equal(2)
    await slow.close()
    await metered.end()
  })

  it('cuts senders that never finish, not polls that are held', async () => {
    const poll = call(api.url, '/v1/tasks?filter=todo&wait_count=1&wait_time=1500ms')
    const started = performance.now()

    expect(await exchange(api.url, 'GET /v1/health HTTP/1.1\r\nhost: local', undefined, 3_000)).to.match(/^HTTP\/1\.1 408 /)
    expect(await exchange(api.url, `${head('POST', '/v1/tasks', 'content-length: 100')}{`, undefined, 3_000)).to.match(/^(HTTP\/1\.1 408 |$)/)
    expect(performance.now() - started).to.be.below(3_000)
    expect((await poll).status).to.equal(206)
  })

  it('frees a poll at once when its client leaves', async () => {
    const sockets = await Promise.all([1, 2, 3, 4, 5].map(async () => open(api.url)))

    sockets.forEach((socket) => { socket.write(head('GET', '/v1/tasks?filter=todo&wait_count=1')) })
    await pause(100)
    expect(api.tasks.waiting).to.equal(5)

    const full = await call(api.url, '/v1/tasks?filter=todo&wait_count=1')

    expect(full.status).to.equal(429)
    expect(full.headers.get('retry-after')).to.equal('1')
    expect((await call(api.url, '/v1/tasks?filter=todo&wait_time=1ms', { app: APP2 })).status, 'the limit is for each app').to.equal(200)
    expect((await call(api.url, '/v1/tasks?filter=todo')).status, 'without waiting nothing is held').to.equal(200)

    // three ways of leaving
    sockets[0].destroy()
    sockets[1].resetAndDestroy()
    sockets.slice(2).forEach((socket) => { socket.end() })
    await pause(100)
    expect(api.tasks.waiting).to.equal(0)
    expect((await call(api.url, '/v1/tasks?filter=todo&wait_count=1&wait_time=1ms')).status).to.equal(206)
    sockets.forEach((socket) => { socket.destroy() })
  })

  it('holds pipelined polls of one connection to the same limit', async () => {
    const socket = await open(api.url)

    socket.write(head('GET', '/v1/tasks?filter=todo&wait_count=1').repeat(100))
    await pause(200)
    expect(api.tasks.waiting).to.be.at.most(5)
    socket.destroy()
    await pause(50)
    expect(api.tasks.waiting).to.equal(0)
  })

  it('caps wait_time, inf included', async () => {
    const started = performance.now()

    await Promise.all(['inf', '1e99', '9999999999w', '1h'].map(async (time) => {
      expect((await call(api.url, `/v1/tasks?filter=todo&wait_count=1&wait_time=${time}`)).status).to.equal(206)
      expect(performance.now() - started).to.be.within(1_900, 2_900)
    }))
  })

  it('takes only so many connections', async () => {
    const sockets = await Promise.all(Array.from({ length: 70 }, async () => open(api.url)))

    sockets.forEach((socket) => { socket.on('error', () => { /* refused by reset */ }) })
    await pause(100)
    expect(sockets.filter((socket) => !socket.destroyed && !socket.readableEnded && !socket.closed).length).to.be.at.most(50)

    await Promise.all(sockets.map(async (socket) => {
      if (!socket.closed) {
        socket.destroy()
        await once(socket, 'close')
      }
    }))
    await pause(50)
  })

  it('survives a thousand requests that break off', async () => {
    const dial = async (): ReturnType<typeof open> => open(api.url)

    for (let i = 0; i < 1_000; i += 40) {
      const sockets = await Promise.all(Array.from({ length: 40 }, dial))

      sockets.forEach((socket, j) => {
        const request = head('POST', '/v1/tasks', 'content-length: 300') + JSON.stringify(newTask()).padEnd(300)

        socket.write(request.slice(0, (i + j) % request.length))
        socket.destroy()
      })
    }

    await pause(50)
  })
})

describe('http: closing', () => {
  it('answers held polls with what is there, refuses new connections and leaves nothing open', async () => {
    const api = await startApi()
    const drain = api.tasks

    await call(api.url, '/v1/tasks', { method: 'POST', body: newTask() })

    // what the event bus does for the real tasks
    const poll = call(api.url, '/v1/tasks?filter=todo&wait_count=2&wait_time=300ms', { app: APP2 })
    const idle = await open(api.url)

    idle.write(head('GET', '/v1/health'))
    await receive(idle, '\r\n\r\n')
    await pause(50)

    const closing = api.close()

    expect(api.drained).to.equal(1)
    expect((await poll).status).to.equal(206)
    await closing
    await api.close()
    expect(drain.waiting).to.equal(0)
    expect(idle.destroyed || idle.readableEnded || await once(idle, 'close') != null).to.equal(true)
    await expect(open(api.url)).to.eventually.be.rejectedWith(/ECONNREFUSED/)
  })

  it('does not wait for ever for an answer under way', async () => {
    const api = await startApi({ limits: { drainTimeout: 200 } })
    const poll = call(api.url, `/v1/tasks?to=${APP1}&wait_time=1h`)

    poll.catch(() => { /* cut */ })
    await pause(100)

    const started = performance.now()

    await api.close()
    expect(performance.now() - started).to.be.within(150, 2_000)
    await expect(poll).to.eventually.be.rejected()
  })

  it('says why it cannot listen', async () => {
    const first = await startApi()
    const port = Number(new URL(first.url).port)

    await expect(startApi({ api: { port } })).to.eventually.be.rejectedWith(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: another program uses it already`))
    await expect(startApi({ api: { host: '192.0.2.1' } })).to.eventually.be.rejectedWith(/this machine has no such address/)
    await first.close()
  })
})

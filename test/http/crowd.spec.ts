import { once } from 'node:events'
import { expect } from 'aegir/chai'
import { ALL_FAILURES, APP_FAILURES } from '../../src/access/failed-tries.ts'
import { APP1, APP2, authorization, call, startApi } from './helpers/api.ts'
import { head, open, rawRequest, receive } from './helpers/raw.ts'
import type { TestApi } from './helpers/api.ts'
import type { Socket } from 'node:net'

const MAX = 40

describe('http: a crowd', () => {
  let api: TestApi
  const sockets: Socket[] = []

  beforeEach(async () => { api = await startApi({ limits: { maxConnections: MAX }, api: { maxPolls: 10 } }) })
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => { socket.destroy() })
    await api.close()
  })

  const dial = async (): Promise<Socket> => {
    const socket = await open(api.url)

    socket.on('error', () => { /* closed by reset */ })
    sockets.push(socket)

    return socket
  }

  it('of connections that show no key leaves room for apps, and cuts none that showed one', async () => {
    const first = await dial()

    first.write(head('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=20s'))

    const mine = await dial()

    mine.write(head('GET', '/v1/sites'))
    expect(await receive(mine, '\r\n\r\n')).to.match(/^HTTP\/1\.1 200 /)

    for (let i = 0; i < 5 * MAX; i++) {
      // half of them begin a request and never end it
      const socket = await dial()

      if (i % 2 === 0) {
        socket.write('GET /v1/tasks HTTP/1.1\r\nhost: localhost\r\n')
      }

      if (i % 20 === 0) {
        expect((await rawRequest(api.url, '/v1/sites', { host: 'localhost', ...authorization() })).status).to.equal(200)
      }
    }

    expect(first.destroyed || first.readableEnded, 'a held poll').to.equal(false)
    mine.write(head('GET', '/v1/sites'))
    expect(await receive(mine, '\r\n\r\n')).to.match(/^HTTP\/1\.1 200 /)
  })

  it('of one app that holds polls leaves room for another', async () => {
    const told: string[] = []

    for (let i = 0; i < 3 * MAX; i++) {
      const socket = await dial()

      socket.once('data', (data) => { told.push(data.toString().slice(0, 12)) })
      socket.write(head('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=20s'))
      // the answer that it is one too many, and the next connection
      await (i < 10 ? new Promise((resolve) => { setTimeout(resolve, 5) }) : Promise.race([once(socket, 'data'), once(socket, 'close')]))
    }

    expect(new Set(told)).to.deep.equal(new Set(['HTTP/1.1 429']))
    expect(api.tasks.waiting).to.equal(10)
    expect((await rawRequest(api.url, '/v1/sites', { host: 'localhost', ...authorization(APP2) })).status).to.equal(200)
  })

  it('of wrong keys is told 429 with Retry-After and closed, while the right key is served at once', async () => {
    const wrong = async (app: string): Promise<{ status: number, after?: string, connection?: string }> => {
      const { status, headers } = await rawRequest(api.url, '/v1/sites', { host: 'localhost', connection: 'keep-alive', ...authorization(app, 'guess') })

      return { status, after: headers['retry-after'], connection: headers.connection }
    }

    for (let i = 0; i < APP_FAILURES.burst; i++) {
      expect((await wrong(APP1)).status).to.equal(401)
    }

    const { status, after, connection } = await wrong(APP1)

    expect({ status, connection }).to.deep.equal({ status: 429, connection: 'close' })
    expect(Number(after)).to.be.at.least(1)

    const guesses = Promise.all(Array.from({ length: 20 }, async () => wrong(APP1)))

    for (let i = 0; i < 20; i++) {
      expect((await call(api.url, '/v1/sites')).status).to.equal(200)
    }

    expect((await guesses).every(({ status }) => status === 429)).to.equal(true)
    expect(APP_FAILURES.burst).to.be.lessThan(ALL_FAILURES.burst)
  })
})

/** Thousands of connections, against real daemons while an honest pair works beside */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { FULL, Stage } from './stage.ts'
import type { Socket } from 'node:net'

const COUNT = 10_000

describe('a crowd', function () {
  this.timeout(FULL ? 600_000 : 120_000)

  let stage: Stage
  const sockets: Socket[] = []

  before(async () => { stage = await Stage.set() })
  after(async () => {
    clear()
    await stage?.end()
  })
  afterEach(async () => {
    clear()
    await sleep(200)
  })

  function clear (): void {
    sockets.splice(0).forEach((socket) => { socket.destroy() })
  }

  /** Resolves when it is open or was refused */
  const dial = async (port: number, host: string, localAddress?: string): Promise<Socket> => {
    const socket = connect({ port, host, localAddress })

    sockets.push(socket)
    socket.on('error', () => { /* refused, or cut later */ })
    // an error ends both waits: a connection may be refused while it is made
    await Promise.race(['connect', 'close'].map(async (event) => once(socket, event).catch(() => undefined)))

    return socket
  }

  it('of an outsider that connects and says nothing', async () => {
    const port = await stage.port()

    await stage.attack(`${COUNT} connections of an outsider`, async () => {
      for (let i = 0; i < COUNT; i += 100) {
        await Promise.all(Array.from({ length: 100 }, async (_, j) => dial(port, '127.0.0.1', `127.0.1.${(i + j) % 200 + 1}`)))
      }

      await sleep(500)
      expect(sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length).to.be.below(300)
    })
  })

  it('of an app that holds 10,000 polls', async () => {
    const { port, hostname } = new URL(stage.victim.api)
    const { authorization } = stage.key('greedy')
    const statuses = new Map<string, number>()

    await stage.attack(`${COUNT} polls of one app`, async () => {
      for (let i = 0; i < COUNT; i += 100) {
        await Promise.all(Array.from({ length: 100 }, async () => {
          const socket = await dial(Number(port), hostname)

          socket.once('data', (data) => {
            const status = data.toString().slice(9, 12)

            statuses.set(status, (statuses.get(status) ?? 0) + 1)
          })
          socket.write(`GET /v1/tasks?filter=todo&wait_count=1&wait_time=60s HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n\r\n`)
        }))
      }

      await sleep(500)
    })

    expect([...statuses.keys()]).to.deep.equal(['429'])
    expect(statuses.get('429')).to.be.at.least(COUNT - 2_000 - 500)
    expect((await stage.api('work', '/v1/sites')).status).to.equal(200)
  })

  it('of a program without a key', async () => {
    const { port, hostname } = new URL(stage.victim.api)

    await stage.attack(`${COUNT} connections without a key`, async () => {
      for (let i = 0; i < COUNT; i += 100) {
        await Promise.all(Array.from({ length: 100 }, async () => dial(Number(port), hostname)))
      }
    })

    expect((await stage.api('work', '/v1/sites')).status).to.equal(200)
  })
})

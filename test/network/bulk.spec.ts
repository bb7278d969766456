import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'aegir/chai'
import { BeamError, UnreachableError } from '../../src/core/errors.ts'
import { MAX_BULK_MESSAGE } from '../../src/protocols/bulk/constants.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { BulkChannel } from '../../src/network/index.ts'

const MIB = 1_048_576
const CHUNK = 262_144

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('bulk', () => {
  let network: TestNetwork
  let founder: TestSite
  let site: TestSite

  beforeEach(async () => {
    network = await TestNetwork.found({ init: { times: { ping: 50 } } })
    founder = network.founder
    site = await network.join('site')
    await until(() => founder.network.links.isUp(site.id) && site.network.links.isUp(founder.id), 'linked')
  })

  afterEach(async () => {
    await network.stop()
  })

  const signal = (): AbortSignal => AbortSignal.timeout(30_000)

  const asked = async (): Promise<number> => new Promise((resolve) => {
    const begin = performance.now()
    const end = founder.network.links.frames.subscribe(({ frame, done }) => {
      done()

      if (frame.answer != null) {
        end()
        resolve(performance.now() - begin)
      }
    })
    expect(founder.network.links.send(site.id, { ask: { id: 1, kind: 1, body: new Uint8Array() } })).to.equal(true)
  })

  it('carries 55 MiB unharmed while questions beside it are answered quickly and memory stays bounded', async () => {
    const size = 55 * MIB
    const received = createHash('sha256')
    const expected = createHash('sha256')
    let bytes = 0
    let from: string | undefined

    site.network.links.frames.subscribe(({ site: from, frame, done }) => {
      done()
      site.network.links.send(from, { answer: { id: frame.ask?.id ?? 0, code: 0, body: new Uint8Array() } })
    })

    const end = new Promise<void>((resolve, reject) => {
      site.network.links.handleBulk(async (sender, channel) => {
        from = sender

        for (let message = await channel.read(); message != null; message = await channel.read()) {
          received.update(message)
          bytes += message.byteLength
        }

        await channel.write(Uint8Array.of(1))
        await channel.close()
        resolve()
      })
      setTimeout(() => { reject(new Error('the transfer takes too long')) }, 30_000).unref()
    })

    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    const times: number[] = []
    const channel = await founder.network.links.openBulk(site.id, signal())
    const asker = { running: true }
    const asking = (async () => {
      while (asker.running) {
        times.push(await asked())
        collectGarbage()
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
        await new Promise(resolve => { setTimeout(resolve, 10) })
      }
    })()

    for (let offset = 0; offset < size; offset += CHUNK) {
      const chunk = new Uint8Array(CHUNK).fill(offset / CHUNK)
      expected.update(chunk)
      await channel.write(chunk)
    }

    await channel.close()
    expect(await channel.read()).to.deep.equal(Uint8Array.of(1))
    expect(await channel.read()).to.equal(undefined)
    await end
    asker.running = false
    await asking

    expect(from).to.equal(founder.id)
    expect(bytes).to.equal(size)
    expect(received.digest('hex')).to.equal(expected.digest('hex'))
    times.sort((a, b) => a - b)
    expect(times.length).to.be.greaterThan(3)
    expect(times[Math.floor(times.length / 2)], 'p50 of questions in ms').to.be.lessThan(100)
    expect(times.at(-1), 'slowest question in ms').to.be.lessThan(1_500)
    // sender and receiver are both in this process
    expect(peak / MIB, 'peak of buffers in MiB').to.be.lessThan(16)
    expect(founder.network.peers()[0].bytesOut).to.be.greaterThan(size)
    expect(site.network.peers()[0].bytesIn).to.be.greaterThan(size)
    expect(founder.network.links.isUp(site.id)).to.equal(true)
  })

  it('a slow reader holds the writer back instead of filling memory', async () => {
    let channel: BulkChannel | undefined
    site.network.links.handleBulk(async (_, opened) => {
      channel = opened
      await new Promise(resolve => { setTimeout(resolve, 5_000).unref() })
    })
    const writing = await founder.network.links.openBulk(site.id, signal())
    let written = 0
    void (async () => {
      for (;;) {
        await writing.write(new Uint8Array(CHUNK))
        written += CHUNK
      }
    })().catch(() => {
      // the test ends the channel
    })
    await new Promise(resolve => { setTimeout(resolve, 700) })
    const stalled = written
    await new Promise(resolve => { setTimeout(resolve, 300) })
    expect(written).to.equal(stalled)
    expect(written).to.be.lessThan(5 * MIB)

    // it goes on as soon as someone reads
    for (let at = 0; at < 40; at++) {
      await channel?.read()
    }

    expect(written).to.be.greaterThan(stalled)
    writing.abort(new Error('enough'))
  })

  it('a cut in the middle is an error for both sides, never a short message', async () => {
    const failure = new Promise<unknown>((resolve) => {
      site.network.links.handleBulk(async (_, channel) => {
        try {
          for (let message = await channel.read(); message != null; message = await channel.read()) {
            // reads on
          }
          resolve('ended')
        } catch (error) {
          resolve(error)
        }
      })
    })
    const channel = await founder.network.links.openBulk(site.id, signal())
    await channel.write(new Uint8Array(CHUNK))
    founder.network.node.getConnections().forEach(connection => { connection.abort(new Error('cable')) })
    expect(await failure).to.be.instanceOf(BeamError).with.property('code', 'STREAM_CUT')
    await expect(channel.read()).to.eventually.be.rejected.with.property('code', 'STREAM_CUT')
  })

  it('refuses messages above the limit and sites without a link', async () => {
    site.network.links.handleBulk(async (_, channel) => { await channel.read() })
    const channel = await founder.network.links.openBulk(site.id, signal())
    await expect(channel.write(new Uint8Array(MAX_BULK_MESSAGE + 1))).to.eventually.be.rejected.with.property('code', 'FRAME')
    await expect(founder.network.links.openBulk('nobody.test.example', signal())).to.eventually.be.rejectedWith(UnreachableError)
  })
})

describe('frames that nobody has dealt with', () => {
  it('hold the peer back, within bounds at both ends, and come all in the end', async () => {
    const network = await TestNetwork.found()

    try {
      const { founder } = network
      const site = await network.join('site')
      await until(() => founder.network.links.isUp(site.id) && site.network.links.isUp(founder.id), 'linked')

      const held: Array<() => void> = []
      let count = 0
      let holding = true
      site.network.links.frames.subscribe(({ done }) => {
        count++

        if (holding) {
          held.push(done)
        } else {
          done()
        }
      })

      let sent = 0
      const refused = async (): Promise<boolean> => {
        for (let at = 0; at < 100; at++) {
          if (!founder.network.links.send(site.id, { envelope: new Uint8Array(100_000) })) {
            return true
          }
          sent++
        }

        return false
      }

      for (let round = 0, full = 0; round < 50 && full < 5; round++) {
        full = await refused() ? full + 1 : 0
        await new Promise(resolve => { setTimeout(resolve, 20) })
      }

      // 4 MiB undone at the receiver; what waits is in the sender's queue and the window
      expect(count).to.be.within(40, 45)
      expect(sent * 100_000).to.be.within(8 * MIB, 20 * MIB)
      expect(founder.network.peers()[0].queue).to.be.greaterThan(50)
      expect(founder.network.links.isUp(site.id)).to.equal(true)

      holding = false
      held.splice(0).forEach(done => { done() })
      await until(() => count === sent, 'all have come')
    } finally {
      await network.stop()
    }
  })
})

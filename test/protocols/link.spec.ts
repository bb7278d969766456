import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, MAX_UNDONE_FRAMES } from '../../src/protocols/control/constants.ts'
import { Control } from '../../src/protocols/control/control.ts'
import { StubClock, stubLink, StubStream } from './helpers/stub-link.ts'
import type { Membership } from '../../src/membership/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

const tick = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })

describe('a control link whose peer does not read', () => {
  it('keeps a bounded number of answers to its pings, and stays', async () => {
    const { link, stream, reason } = stubLink()

    for (let round = 0; round < 20; round++) {
      stream.receive(...Array.from({ length: 1_000 }, (_, at) => ({ ping: { nonce: at, clock: 1 } })))
      await tick()
    }

    expect(link.queue).to.equal(MAX_QUEUED_FRAMES)
    expect(reason()).to.equal(undefined)
    // a frame that keeps the link alive still finds room
    expect(link.sendUrgent({ ping: { nonce: 1, clock: 1 } })).to.equal(true)
  })

  it('is ended when not even urgent frames find room any more', async () => {
    const { link, stream, reason } = stubLink()
    const frame = { records: { records: [new Uint8Array(100_000)] } }
    let taken = 0
    await tick()

    while (taken < 1_000 && link.sendUrgent(frame)) {
      taken++
    }

    expect(taken * 100_000).to.be.within(MAX_QUEUED_BYTES, 2 * MAX_QUEUED_BYTES)
    expect(link.down).to.equal(true)
    expect(reason()).to.equal('more waits for the peer than it may')
    expect(stream.status).to.equal('aborted')
    expect(link.queue).to.equal(0)
  })

  it('long news wait until the peer has read, and end with the link', async () => {
    const { link, stream } = stubLink()
    await tick()
    let written = 0
    const writing = (async () => {
      for (let at = 0; at < 100; at++) {
        await link.write({ records: { records: [new Uint8Array(500_000)] } })
        written++
      }
    })()
    await tick()
    expect(written).to.equal(0)
    expect(link.queue).to.equal(1)
    stream.taking = true
    stream.writableNeedsDrain = false
    stream.dispatchEvent(new Event('drain'))
    await writing
    expect(written).to.equal(100)
    stream.abort()
    await expect(link.write({ ping: { nonce: 1, clock: 1 } })).to.eventually.be.rejected.with.property('code', 'STREAM_CUT')
  })

  it('leaves no timer behind', async () => {
    for (const end of ['leave', 'retire'] as const) {
      const { link, stream, clock } = stubLink()
      link[end]('test')
      expect(clock.timers.size).to.be.greaterThan(0)
      link.leave('the daemon stops')
      stream.abort()
      await tick()
      expect(clock.timers.size, end).to.equal(0)
    }
  })
})

describe('frames that nobody listens for', () => {
  it('do not hold the link back', async () => {
    const stream = new StubStream()
    const membership = { records: { siteOfPeer: () => 'peer.test', digest: () => new Uint8Array(32) } } as unknown as Membership
    const control = new Control({ membership, peerId: 'self', clock: new StubClock(), random: systemRandom, log: silentLog, onNews: async () => {}, onUse: () => {}, onSpare: () => {} })
    control.handle(stream as unknown as Stream, { remotePeer: 'peer', remoteAddr: '/', direction: 'inbound', abort () {} } as unknown as Connection)
    stream.receive({ hello: { version: 1, boot: new Uint8Array(16), clock: 1, recordsDigest: new Uint8Array(32), agent: '', incarnation: 0 } })
    const ask = { ask: { id: 1, kind: 1, body: new Uint8Array() } }
    stream.receive(...Array.from({ length: MAX_UNDONE_FRAMES + 10 }, () => ask))
    await tick()
    expect(stream.readStatus).to.equal('readable')

    let heard = 0
    control.frames.subscribe(({ done }) => {
      heard++
      done()
    })
    stream.receive(ask)
    expect(heard).to.equal(1)
    control.stop()
  })
})

import { expect } from 'aegir/chai'
import { install } from '../scripts/installed.ts'
import { skip } from '../skip.ts'
import { busyWarning } from './busy.ts'
import { cpuOf, rssOf, whileMeasuring } from './cpu.ts'
import { figuresOf, inLanes, quantile, spreadOf } from './figures.ts'
import { createHttpClient, expectStatus } from './http.ts'
import { marksOf, renderMarks } from './marks.ts'
import { findNats, judgeVersion } from './nats/find.ts'
import { renderFigures } from './network/figure.ts'
import { runNetwork } from './network/run.ts'
import { startPeer } from './peer.ts'
import { renderTable } from './render.ts'
import { runBench } from './run.ts'
import type { Installed } from '../scripts/installed.ts'

describe('the benchmark', () => {
  let installed: Installed

  before(() => { installed = install() })

  after(() => { installed.remove() })

  it('reads quantiles by nearest rank', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1)

    expect(quantile(sorted, 0.5)).to.equal(50)
    expect(quantile(sorted, 0.99)).to.equal(99)
    expect(quantile([7], 0.99)).to.equal(7)
    expect(spreadOf([3, 1, 2])).to.deep.equal({ min: 1, median: 2, max: 3 })
    expect(figuresOf({ count: 4, seconds: 2, latencies: [4, 1, 3, 2] })).to.deep.equal({ count: 4, rate: 2, p50: 2, p99: 4 })
  })

  it('keeps as many in flight as it says, and ends', async () => {
    let now = 0
    let most = 0

    const sample = await inLanes(5, 100, async () => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setTimeout(resolve, 10))
      now--
    })

    expect(most).to.equal(5)
    expect(sample.count).to.be.within(15, 55)
    expect(sample.latencies).to.have.lengthOf(sample.count)
  })

  it('counts the CPU time of a process', async function () {
    if (process.platform !== 'linux') {
      skip(this, 'figures of a process are read from /proc, which only Linux has')
    }

    const { cpu } = await whileMeasuring([process.pid], async () => {
      for (const end = Date.now() + 200; Date.now() < end;) { /* busy */ }
    })

    // ticks of 10 ms
    expect(cpu[0]).to.be.within(50, 600)
    expect(cpuOf(2 ** 30)).to.equal(undefined)
    expect(rssOf(process.pid)).to.be.within(30, 5_000)
    expect(rssOf(2 ** 30)).to.equal(undefined)
  })

  it('has a baseline that answers when it is on disk, and ends', async () => {
    const peer = await startPeer()
    const client = createHttpClient(peer.url)
    const sample = await inLanes(4, 200, async () => { expectStatus(await client.call('POST', '/', 'x'), 201) })

    client.close()
    await peer.stop()
    expect(sample.count).to.be.above(10)
    expect(renderTable([{ name: 'baseline', rounds: [figuresOf(sample)], cpu: { baseline: 0.1 } }])).to.include('baseline 0.10')
  })

  it('looks for a NATS that syncs what it acknowledges', async () => {
    expect(judgeVersion('nats-server: v2.10.0')).to.deep.equal({ version: '2.10.0' })
    expect(judgeVersion('nats-server: v2.15.1-beta')).to.deep.equal({ version: '2.15.1' })
    expect(judgeVersion('nats-server: v3.0.0')).to.deep.equal({ version: '3.0.0' })
    expect(judgeVersion('nats-server: v2.9.25')).to.have.property('missing').that.includes('2.9.25')
    expect(judgeVersion('hello')).to.have.property('missing')
    expect(await findNats('no-such-nats-server')).to.deep.equal({ missing: 'there is no nats-server on the PATH' })
  })

  it('measures everything once, and judges it', async function () {
    this.timeout(240_000)
    // as little as there can be: that it measures is shown, not how fast anything is
    const result = await runBench({ rounds: 1, seconds: 0.2, warm: 50, idle: 200, inFlight: 8, stored: 50, polls: 10, bin: installed.bin, onProgress: () => {} })
    const marks = marksOf(result)

    for (const name of ['one', 'many', 'post', 'baseline', 'mebibyte', 'ten', 'held', 'stored'] as const) {
      expect(result[name]?.rounds[0].count, name).to.be.above(0)
    }

    expect(result.start.ready[0]).to.be.within(50, 60_000)
    expect(marks.every(({ value }) => Number.isFinite(value)), renderMarks(marks)).to.be.true()
    expect('missing' in result.nats || (result.natsMany?.rounds[0].count ?? 0) > 0).to.be.true()
  })

  it('measures paths, mail and look-ups of a network', async function () {
    this.timeout(240_000)
    const { measured, figures, ratios } = await runNetwork({ rounds: 1, seconds: 0.2, warm: 50, inFlight: 4, mail: 40, leftAfter: 200, sites: 5, mib: 0, hospitals: 0, seed: 1, bin: installed.bin, onProgress: () => {} })

    for (const { name, rounds: [{ count, p50 }] } of measured) {
      expect(count, name).to.be.above(0)
      expect(p50, name).to.be.above(0)
    }

    expect(measured).to.have.lengthOf(6)
    expect(ratios).to.have.lengthOf(2)
    expect(figures).to.have.lengthOf(2)
    expect([...ratios, ...figures].flatMap(({ values }) => values).every(value => value > 0 && Number.isFinite(value)), renderFigures([...ratios, ...figures])).to.be.true()
  })

  it('says that the machine is busy, and how much a round or all of them gave', () => {
    expect(busyWarning(0.9, 2)).to.equal(undefined)
    expect(busyWarning(1, 2)).to.include('load 1.0 on 2 cores')
    expect(renderFigures([{ name: 'a', unit: 'ms', values: [3, 10.04, 200.2] }, { name: 'b', unit: '×', values: [1.234] }]).split('\n').slice(2)).to.deep.equal([
      '| a | 3.00 / 10.0 / 200 ms |',
      '| b | 1.23 ×               |'
    ])
  })
})

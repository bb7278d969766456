import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { Pings } from './scripts/ping.ts'

const ECHO = fileURLToPath(new URL('./scripts/udp-echo.ts', import.meta.url))
const PING = fileURLToPath(new URL('./scripts/ping.ts', import.meta.url))

/**
 * ```
 * far ── gateway ── wire: loses, delays, doubles, reorders ── internet ── near
 * ```
 */
describeLab('a bad cable', function () {
  this.timeout(60_000)

  const net = useLab({ hosts: { near: { firewall: open() }, far: { firewall: outboundOnly() } } })

  before(async () => { await net().hosts.near.spawn(process.execPath, [ECHO, '4001']).line() })

  async function ping (count: number): Promise<Pings> {
    const { near, far } = net().hosts
    const { stdout, stderr } = await far.run(process.execPath, [PING, near.address, '4001', String(count)])

    expect(stderr).to.equal('')

    return JSON.parse(stdout)
  }

  it('changes nothing when it is good', async () => {
    await net().hosts.far.wire({})
    const { order, median } = await ping(100)

    expect(order).to.deep.equal(Array.from({ length: 100 }, (_, number) => number))
    expect(median).to.be.within(0.01, 50)
  })

  it('delays, each way', async () => {
    await net().hosts.far.wire({ delay: 30 })
    expect((await ping(20)).median).to.be.within(60, 150)
  })

  it('loses, each way', async () => {
    await net().hosts.far.wire({ loss: 0.2, seed: 7 })
    const { order } = await ping(200)

    // 0.8 * 0.8 come back: 128 of 200, give or take
    expect(order.length).to.be.within(100, 155)
    expect(new Set(order).size).to.equal(order.length)
  })

  it('doubles and reorders', async () => {
    await net().hosts.far.wire({ duplicate: 0.2, reorder: 0.2, delay: 25, seed: 3 })
    const { order } = await ping(100)

    expect(new Set(order).size).to.equal(100)
    expect(order.length).to.be.above(115)
    expect(order.some((number, index) => index > 0 && number < order[index - 1]), 'out of order').to.equal(true)
  })

  it('carries much, whole', async () => {
    const { near, far } = net().hosts

    await far.wire({ delay: 5, jitter: 2 })
    near.spawn(process.execPath, ['-e', 'require("http").createServer((_, response) => response.end(Buffer.alloc(4e6, "x"))).listen(8080)'])
    const { stdout } = await far.run('curl', ['--silent', '--retry', '20', '--retry-delay', '1', '--retry-connrefused', '--max-time', '20', `http://${near.address}:8080/`])
    expect(stdout.length).to.equal(4e6)
    expect(/^x*$/.test(stdout)).to.equal(true)
  })

  it('is taken out again', async () => {
    await net().hosts.far.wire({ delay: 200 })
    await net().hosts.far.wire()
    expect((await ping(10)).median).to.be.within(0.01, 100)
  })
})

import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { PeerStatus } from '../../src/network/index.ts'

/** Longest time until a site whose IPv6 leads nowhere any more is answered over IPv4, ms: the loss is noticed, and the first address tried in vain */
const OTHER_FAMILY = 30_000

/**
 * ```
 *  north ── IPv6, outbound-only ──┐
 *  west  ── IPv6, outbound-only ──┼─ internet ── both, open ── hub
 *  south ── both, outbound-only ──┘
 * ```
 */
describeLab('sites that speak IPv6', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      hub: { firewall: open(), ip: 'both' },
      north: { firewall: outboundOnly(), ip: 'IPv6' },
      west: { firewall: outboundOnly(), ip: 'IPv6' },
      south: { firewall: outboundOnly(), ip: 'both' }
    }
  })
  let hub: LabDaemon
  let north: LabDaemon
  let west: LabDaemon
  let south: LabDaemon

  const link = async (from: LabDaemon, to: LabDaemon): Promise<PeerStatus | undefined> => (await from.operator.peers()).find(({ site }) => site === to.id)

  const roundTrip = async (creator: LabDaemon, worker: LabDaemon): Promise<void> => {
    const asker = await creator.client('ask')
    const working = await worker.client('work')
    const task = await ask(asker, [working.app])

    expect(task.reply?.status).to.equal(201)
    await eventually('the task', async () => (await todo(working, '&wait_count=1&wait_time=2s')).includes(task.id))
    expect((await answer(working, task.id, asker.app))?.status).to.equal(201)
    expect((await asker.call('GET', `/v1/tasks/${task.id}/results?wait_count=1&wait_time=20s`))?.text).to.include('succeeded')
  }

  before(async () => {
    const { hosts } = net()
    hub = await hosts.hub.daemon({ network: 'study.example' })
    ;[north, west, south] = await Promise.all([hosts.north, hosts.west, hosts.south].map(async host => host.daemon({ invitedBy: hub })))
  })

  it('the firewall counts and drops IPv6, too', async () => {
    const { hub, north } = net().hosts

    expect(north.address).to.equal(north.address6)
    expect(await north.probe(hub.address6 ?? '', 8_091)).to.equal('open')
    expect(await hub.probe(north, 8_091)).to.equal('silent')
    expect(await north.droppedSyns()).to.be.above(0)
  })

  it('link over it, and are announced with it', async () => {
    const { hub: { address6 } } = net().hosts

    await eventually('linked', async () => await link(north, hub) != null && await link(west, hub) != null)
    expect((await link(north, hub))?.address).to.include(`/ip6/${address6}/tcp/8091`)
    expect((await hub.operator.status()).addresses.join()).to.include(`/ip6/${address6}/tcp/8091`)
    await roundTrip(north, hub)
  })

  it('reach each other over a relay by IPv6 alone', async () => {
    await eventually('linked', async () => (await link(north, west))?.path === 'relay')
    expect(await link(north, west)).to.deep.include({ via: hub.id })
    expect((await link(north, west))?.address).to.match(/^\/ip6\/.*\/p2p-circuit/)
    await roundTrip(north, west)
    await roundTrip(west, north)

    for (const host of [net().hosts.north, net().hosts.west]) {
      expect((await host.bytes('IPv6')).in, host.name).to.be.above(1_000)
      expect(await host.bytes('IPv4'), host.name).to.deep.equal({ in: 0, out: 0 })
    }
  })

  it('IPv6 is first where there are both, and IPv4 is there when it leads nowhere', async () => {
    const { hosts } = net()

    await eventually('linked', async () => await link(south, hub) != null)
    expect((await link(south, hub))?.address).to.match(/^\/ip6\//)

    const before = await hosts.south.bytes('IPv4')
    await net().partition(hosts.south, hosts.hub, 'IPv6')
    const begin = performance.now()
    await roundTrip(south, hub)
    const took = performance.now() - begin
    process.stdout.write(`      a task and its answer ${Math.round(took)} ms after IPv6 went nowhere\n`)
    expect(took).to.be.below(OTHER_FAMILY)
    expect((await link(south, hub))?.address).to.match(/^\/ip4\//)
    // one that has no IPv4, and one whose IPv6 goes nowhere
    await roundTrip(south, north)
    expect((await hosts.south.bytes('IPv4')).in).to.be.above(before.in + 1_000)
    await net().heal(hosts.south, hosts.hub, 'IPv6')
  })

  it('and nothing came in', async () => {
    const { north, west, south } = net().hosts

    expect(await north.accepted() + await west.accepted() + await south.accepted()).to.equal(0)
  })
})

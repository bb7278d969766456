import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'

/**
 * ```
 *  north ── outbound-only ──┐            ┌── outbound-only ── south
 *                           ├─ internet ─┤
 *  relay ── open ───────────┘
 * ```
 */
describeLab('two hospitals whose firewalls let nothing in, and a member that relays', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      north: { firewall: outboundOnly() },
      south: { firewall: outboundOnly() }
    }
  })
  let hub: LabDaemon
  let north: LabDaemon
  let south: LabDaemon

  it('join with a ticket', async () => {
    hub = await net().hosts.relay.daemon({ network: 'study.example' })
    ;[north, south] = await Promise.all([net().hosts.north, net().hosts.south].map(async host => host.daemon({ invitedBy: hub })))

    expect([north.id, south.id]).to.deep.equal(['north.study.example', 'south.study.example'])
    expect((await north.operator.status()).reachable).to.be.false()
    expect((await hub.operator.status()).reachable).to.be.true()
    // an address of its interface is announced although libp2p takes it for unproven
    expect((await hub.operator.status()).addresses.join()).to.include(`/ip4/${net().hosts.relay.address}/tcp/8091`)
  })

  it('are linked with each other', async () => {
    await eventually('both links', async () =>
      (await north.operator.status()).peers.up.includes(south.id) && (await south.operator.status()).peers.up.includes(north.id))
  })

  const roundTrip = async (creator: LabDaemon, worker: LabDaemon): Promise<void> => {
    const asker = await creator.client('ask')
    const working = await worker.client('work')
    const task = await ask(asker, [working.app])

    expect(task.reply?.status).to.equal(201)
    await eventually('the task', async () => (await todo(working, '&wait_count=1&wait_time=2s')).includes(task.id))
    expect((await answer(working, task.id, asker.app))?.status).to.equal(201)

    const results = await asker.call('GET', `/v1/tasks/${task.id}/results?wait_count=1&wait_time=20s`)
    expect(results?.status).to.be.oneOf([200, 206])
    expect(JSON.parse(results?.text ?? '')).to.have.nested.property('[0].body', 'answer')
  }

  it('a task goes from north to south, its answer back', async () => { await roundTrip(north, south) })

  it('and the other way', async () => { await roundTrip(south, north) })

  it('and nothing came in at either', async () => {
    for (const host of [net().hosts.north, net().hosts.south]) {
      expect(await host.accepted(), host.name).to.equal(0)
      expect((await host.bytes()).in, host.name).to.be.above(1_000)
    }

    expect(await net().hosts.relay.accepted()).to.be.above(1)
  })
})

import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { describeLab, open, outboundOnly, useLab } from '../netlab/index.ts'
import type { PeerStatus } from '../../src/network/index.ts'
import type { LabDaemon } from '../netlab/index.ts'

/**
 * ```
 *  hub ──── open ──────────┐            ┌── open ── east
 *  north ── outbound-only ─┼─ internet ─┤
 *  south ── outbound-only ─┘            └── open ── west
 * ```
 *
 * The hub founds the network and does not relay; north and south talk through east or west.
 */
describeLab('two hospitals and two relays of which one goes', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      hub: { firewall: open() },
      east: { firewall: open() },
      west: { firewall: open() },
      north: { firewall: outboundOnly() },
      south: { firewall: outboundOnly() }
    }
  })
  let hub: LabDaemon
  let north: LabDaemon
  let south: LabDaemon
  const relays = new Map<string, LabDaemon>()

  const link = async (): Promise<PeerStatus | undefined> => (await north.operator.peers()).find(({ site }) => site === south.id)

  /** A task and its answer, from the moment of asking, ms */
  const roundTrip = async (): Promise<number> => {
    const begin = performance.now()
    const asker = await north.client('ask')
    const working = await south.client('work')
    const task = await ask(asker, [working.app])
    expect(task.reply?.status).to.equal(201)
    await eventually('the task', async () => (await todo(working, '&wait_count=1&wait_time=2s')).includes(task.id))
    expect((await answer(working, task.id, asker.app))?.status).to.equal(201)
    const results = await asker.call('GET', `/v1/tasks/${task.id}/results?wait_count=1&wait_time=20s`)
    expect(results?.status).to.be.oneOf([200, 206])
    expect(JSON.parse(results?.text ?? '')).to.have.nested.property('[0].body', 'answer')

    return performance.now() - begin
  }

  before(async () => {
    const { hosts } = net()
    hub = await hosts.hub.daemon({ network: 'study.example', config: { 'relay.enabled': 'no' } })
    const [east, west, ...sites] = await Promise.all([hosts.east, hosts.west, hosts.north, hosts.south].map(async host => host.daemon({ invitedBy: hub })))
    ;[north, south] = sites
    relays.set(east.id, east).set(west.id, west)
  })

  it('are linked through one of them, and reserved at both', async () => {
    await eventually('the link', async () => (await link())?.path === 'relay')
    expect([...relays.keys()]).to.include((await link())?.via)

    for (const site of [north, south]) {
      await eventually('addresses through both', async () => {
        const { addresses } = await site.operator.status()

        return [...relays.values()].every(({ host }) => addresses.some(address => address.includes(`/ip4/${host.address}/`) && address.includes('/p2p-circuit/')))
      })
    }

    await roundTrip()
  })

  it('the relay of their link is killed: a task is answered by the other within 10 s', async () => {
    const victim = relays.get((await link())?.via ?? '')!
    const [other] = [...relays.values()].filter(relay => relay !== victim)
    await victim.kill('SIGKILL')
    const took = await roundTrip()
    process.stdout.write(`      a task and its answer ${Math.round(took)} ms after the relay was killed\n`)
    expect(took).to.be.below(10_000)
    expect((await link())?.via).to.equal(other.id)
    await victim.start()

    for (const site of [north, south]) {
      await eventually('reserved there again', async () => (await site.operator.status()).addresses.some(address => address.includes(`/ip4/${victim.host.address}/`)))
    }
  })

  it('the relay of their link is revoked: a task is answered by the other within 5 s', async () => {
    const victim = relays.get((await link())?.via ?? '')!
    await hub.operator.revoke({ site: victim.id })
    const took = await roundTrip()
    process.stdout.write(`      a task and its answer ${Math.round(took)} ms after the relay was revoked\n`)
    expect(took).to.be.below(5_000)
    // for a moment there is no link at all
    let last: Awaited<ReturnType<typeof link>>

    await eventually('the other one', async () => {
      last = await link()

      return last?.via != null && last.via !== victim.id && last.whyNotDirect?.reason === 'no address'
    })
    expect(last?.history?.filter(({ path }) => path === 'relay').length).to.be.above(1)
  })

  it('and nothing came in at either hospital', async () => {
    expect(await net().hosts.north.accepted() + await net().hosts.south.accepted()).to.equal(0)
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { eventually } from '../faults/disk/kit.ts'
import { startLoad } from '../faults/load.ts'
import { seeded } from '../faults/random.ts'
import { lasting, SEED } from './faults/long.ts'
import { describeLab, open, outboundOnly, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { Load } from '../faults/load.ts'

/** A cable that loses a fifth carries a few kB in a second: pauses of each creator up to, ms, and bytes of its larger bodies */
const LOAD = { pace: 400, large: 30_000 }

/** Longest time until both ask each other and are answered, ms */
const DIRECT = 5_000
const RELAYED = 30_000

/** The same while a relay is silent, and after an address changed, ms */
const SILENT = 15_000
const MOVED = 8_000

/** How often somebody is killed in the handover */
const HANDOVERS = lasting(1, 6)

/**
 * ```
 *  north ── outbound-only ──┐            ┌── open ── east
 *                           ├─ internet ─┤
 *  south ── outbound-only ──┘            └── open ── west
 * ```
 *
 * North and south talk through east or west. Apps at all four ask, take back and answer
 * all the time; at the end each acknowledged task is accounted for.
 */
describeLab(`faults between four sites, seed ${SEED}`, function () {
  this.timeout(lasting(120_000, 600_000))

  const net = useLab({
    hosts: {
      east: { firewall: open() },
      west: { firewall: open() },
      north: { firewall: outboundOnly() },
      south: { firewall: outboundOnly() }
    }
  })
  const decisions = seeded(SEED)
  let sites: Record<'east' | 'west' | 'north' | 'south', LabDaemon>
  let load: Load<LabDaemon> | undefined

  before(async () => {
    const { east: hub, ...others } = net().hosts
    const east = await hub.daemon({ network: 'study.example' })
    const [west, north, south] = await Promise.all([others.west, others.north, others.south].map(async host => host.daemon({ invitedBy: east })))

    sites = { east, west, north, south }
    await eventually('all links', async () => (await Promise.all(Object.values(sites).map(async ({ operator }) => operator.status()))).every(({ peers }) => peers.up.length === 3))
    load = await startLoad(Object.values(sites), { seed: SEED, ...LOAD })
    await sleep(1_000)
  })

  after(() => { load?.stop() })

  const running = (): Load<LabDaemon> => {
    if (load == null) {
      throw new Error('the load was not started')
    }

    return load
  }

  /** The sites talk again, soon; the figure is in the output */
  const healed = async (what: string, one: LabDaemon, other: LabDaemon, limit: number): Promise<void> => {
    const took = await running().converged(one, other)

    process.stdout.write(`      ${what}: ${one.host.name} and ${other.host.name} after ${Math.round(took)} ms\n`)
    expect(took, `${what}: ms until ${one.host.name} and ${other.host.name} talked`).to.be.below(limit)
  }

  it('two sites that reach each other are cut apart, and healed', async () => {
    const { east, west } = net().hosts

    await net().partition(east, west)
    await sleep(lasting(6_000, 60_000))
    await net().heal(east, west)
    await healed('partition', sites.east, sites.west, DIRECT)
  })

  it('a site is cut from both of its relays, and healed', async () => {
    const { east, west, north } = net().hosts

    await Promise.all([net().partition(north, east), net().partition(north, west)])
    await sleep(lasting(6_000, 60_000))
    await Promise.all([net().heal(north, east), net().heal(north, west)])
    await healed('partition over relays', sites.north, sites.south, RELAYED)
  })

  it('a cable loses a fifth, takes 300 ms, reorders and doubles', async () => {
    const { north } = net().hosts

    await north.wire({ loss: 0.2, delay: 300, jitter: 50, reorder: 0.1, duplicate: 0.05, seed: SEED })
    await sleep(lasting(8_000, 60_000))
    await north.wire()
    await healed('bad cable', sites.north, sites.south, RELAYED)
  })

  it('a site vanishes without a word, and is back as another process: its peers hold half of its connections', async () => {
    const { north } = net().hosts

    await north.silence()
    await sites.north.kill('SIGKILL')
    await sleep(lasting(1_000, 60_000))
    await sites.north.start()
    await north.speak()
    await healed('half-open', sites.north, sites.south, RELAYED)
  })

  /** The relay between north and south, as north sees it */
  const carrier = async (): Promise<LabDaemon> => {
    let via: string | undefined

    await eventually('a link over a relay', async () => {
      via = (await sites.north.operator.peers()).find(({ site }) => site === sites.south.id)?.via

      return via != null
    })

    return via === sites.west.id ? sites.west : sites.east
  }

  it('the relay between two sites stands still: they find another way, and it is back later', async () => {
    const relay = await carrier()

    await relay.kill('SIGSTOP')
    await healed('relay silent', sites.north, sites.south, SILENT)
    await sleep(lasting(0, 60_000))
    await relay.kill('SIGCONT')
    await healed('relay back', sites.north, sites.south, RELAYED)
    await healed('relay back', relay, sites.south, RELAYED)
  })

  it('a site that dials out gets another address', async () => {
    await net().hosts.south.move()
    await healed('address of a hospital', sites.north, sites.south, MOVED)
  })

  it('a relay gets another address', async () => {
    const relay = await carrier()

    await relay.host.move()
    await healed('address of a relay', relay, sites.north, MOVED)
    await healed('address of a relay', sites.north, sites.south, MOVED)
  })

  it('the relay between two sites is killed, and one of them while it goes over to the other', async () => {
    for (let round = 0; round < HANDOVERS; round++) {
      const relay = await carrier()
      const site = decisions.pick([sites.north, sites.south])

      await relay.kill('SIGKILL')
      await sleep(decisions.between(0, 1_500))
      await site.kill('SIGKILL')
      await site.start()
      await healed('killed in the handover', sites.north, sites.south, RELAYED)
      await relay.start()
      await healed('relay is back', relay, site, RELAYED)
    }
  })

  it('and nothing that was acknowledged is lost, nothing took effect twice, nothing came in', async () => {
    await running().settle()

    const { tasks, results, cancels, violations } = running().ledger
    process.stdout.write(`      ${tasks.size} tasks, ${results.size} results, ${cancels.size} cancels acknowledged\n`)
    expect(violations.slice(0, 20)).to.deep.equal([])
    expect(results.size).to.be.above(50)
    expect(await net().hosts.north.accepted() + await net().hosts.south.accepted()).to.equal(0)
  })
})

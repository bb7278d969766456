import { expect } from 'aegir/chai'
import { Hospitals, linked } from './helpers/hospitals.ts'
import { until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'

/** Each pair that talked through the relay: how long until a frame of each side arrives again, ms */
async function recovery (pairs: Array<[TestSite, TestSite]>, event: () => Promise<void>): Promise<number[]> {
  const arrived = new Map<string, number>()
  const unsubscribe = [...new Set(pairs.flat())].map(to => to.network.links.frames.subscribe(({ site, done }) => {
    done()
    const key = `${site} ${to.id}`
    arrived.set(key, arrived.get(key) ?? performance.now())
  }))
  // what was sent before does not count
  await event()
  const begin = performance.now()
  arrived.clear()
  const frame: Partial<Frame> = { envelope: new Uint8Array(200) as Uint8Array<ArrayBuffer> }
  const missing = (): Array<[TestSite, TestSite]> => pairs.flatMap(([a, b]): Array<[TestSite, TestSite]> => [[a, b], [b, a]]).filter(([from, to]) => !arrived.has(`${from.id} ${to.id}`))

  await until(() => {
    missing().forEach(([from, to]) => { from.network.links.send(to.id, frame) })
    return missing().length === 0
  }, 'every pair talks again', 30_000)
  unsubscribe.forEach(end => { end() })

  return pairs.map(([a, b]) => Math.max(arrived.get(`${a.id} ${b.id}`) ?? Infinity, arrived.get(`${b.id} ${a.id}`) ?? Infinity) - begin).sort((x, y) => x - y)
}

const p95 = (times: number[]): number => times[Math.ceil(times.length * 0.95) - 1]

describe('when a relay goes', () => {
  let world: Hospitals

  afterEach(async () => {
    await world.stop()
  })

  it('every pair that it carried talks again by another one, within 10 s', async function () {
    world = await Hospitals.open({ relays: 2, hospitals: 6 })
    await world.ready()
    const [victim] = [...world.relays].sort((a, b) => carried(world, b).length - carried(world, a).length)
    const pairs = carried(world, victim)
    expect(world.pairs).to.have.lengthOf(15)
    expect(pairs).to.not.be.empty()

    const times = await recovery(pairs, async () => { await victim.stop() })
    expect(p95(times)).to.be.below(10_000)
    const [other] = world.relays.filter(relay => relay !== victim)
    await until(() => world.pairs.every(pair => linked(pair) && world.via(pair) === other.id), 'all by the other one')

    // and when it is back, it is asked again
    await victim.start()
    await until(() => world.hospitals.every(({ network }) => network.reservations?.().length === 2), 'two reservations again', 20_000)
  })

  it('a relay that is revoked carries nothing any more, and its pairs move within 5 s', async () => {
    world = await Hospitals.open({ relays: 2, hospitals: 4 })
    await world.ready()
    const [victim] = [...world.relays].sort((a, b) => carried(world, b).length - carried(world, a).length)
    const pairs = carried(world, victim)
    expect(pairs).to.not.be.empty()

    const times = await recovery(pairs, async () => {
      await world.network.founder.membership.authority!.revoke(victim.id, 'a test')
      await until(() => pairs.flat().every(({ membership }) => membership.roster.standing(victim.id) === 'revoked'), 'they know')
    })
    expect(p95(times)).to.be.below(5_000)
    expect(world.hospitals.every(({ network }) => network.reservations?.().every(({ relay }) => relay !== victim.id))).to.equal(true)
    expect(world.hospitals.every(({ network }) => network.addresses().every(address => !address.includes(victim.network.peerId)))).to.equal(true)
    await until(() => world.hospitals.every(({ network }) => network.node.getConnections(victim.network.node.peerId).length === 0), 'cut', 5_000)
  })
})

function carried (world: Hospitals, relay: TestSite): Array<[TestSite, TestSite]> {
  return world.pairs.filter(pair => world.via(pair) === relay.id)
}

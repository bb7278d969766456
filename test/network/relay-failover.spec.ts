import { expect } from 'aegir/chai'
import { Hospitals, linked } from './helpers/hospitals.ts'
import { percentile, recovery } from './helpers/recovery.ts'
import { until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'

describe('when a relay goes', () => {
  let world: Hospitals

  afterEach(async () => {
    await world.stop()
  })

  it('every pair that it carried talks again by another one, within 10 s', async function () {
    world = await Hospitals.open({ relays: 2, hospitals: 6 })
    await world.ready()
    const [victim] = [...world.relays].sort((a, b) => world.carried(b).length - world.carried(a).length)
    const pairs = world.carried(victim)
    expect(world.pairs).to.have.lengthOf(15)
    expect(pairs).to.not.be.empty()

    const times = await recovery(pairs, async () => { await victim.stop() })
    expect(percentile(times, 0.95)).to.be.below(10_000)
    const [other] = world.relays.filter(relay => relay !== victim)
    await until(() => world.pairs.every(pair => linked(pair) && world.via(pair) === other.id), 'all by the other one')
    // both ends lost each link at once, and did not both dial; spare circuits would be there for half a minute
    expect(other.network.relaying?.()?.circuits).to.be.within(15, 17)

    // and when it is back, it is asked again
    await victim.start()
    await until(() => world.hospitals.every(({ network }) => network.reservations?.().length === 2), 'two reservations again', 20_000)
  })

  it('a relay that is revoked carries nothing any more, and its pairs move within 5 s', async () => {
    world = await Hospitals.open({ relays: 2, hospitals: 4 })
    await world.ready()
    const [victim] = [...world.relays].sort((a, b) => world.carried(b).length - world.carried(a).length)
    const pairs = world.carried(victim)
    const knows = ({ membership }: TestSite): boolean => membership.roster.standing(victim.id) === 'revoked'
    expect(pairs).to.not.be.empty()

    const times = await recovery(pairs, async () => {
      await world.network.founder.membership.authority!.revoke(victim.id, 'a test')
      await until(() => pairs.flat().every(knows), 'they know')
    })
    expect(percentile(times, 0.95)).to.be.below(5_000)
    // those that it did not carry may hear of it a moment later
    await until(() => world.hospitals.every(({ network }) => network.reservations?.().every(({ relay }) => relay !== victim.id)), 'no reservation there', 5_000)
    await until(() => world.hospitals.every(({ network }) => network.addresses().every(address => !address.includes(victim.network.peerId))), 'no address by it', 5_000)
    await until(() => world.hospitals.every(({ network }) => network.node.getConnections(victim.network.node.peerId).length === 0), 'cut', 5_000)
  })
})

import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { systemClock } from '../../src/core/clock.ts'
import { networkOf, ranked, shared } from '../../src/network/relay/choose.ts'
import { Hospitals, linked, relaying } from './helpers/hospitals.ts'
import { dialing, listening, relayLimits, TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { Candidate } from '../../src/network/relay/choose.ts'

const relaysOf = (site: TestSite): string[] => (site.network.reservations?.() ?? []).map(({ relay }) => relay).sort()

describe('reservations', () => {
  let network: TestNetwork | undefined

  afterEach(async () => {
    await network?.stop()
    network = undefined
  })

  it('are held at two relays of three, follow a relay that goes, and are in the record that others have', async () => {
    const world = await Hospitals.open({ relays: 3, hospitals: 1 })
    network = world.network
    const [hospital] = world.hospitals
    await until(() => relaysOf(hospital).length === 2, 'two reservations')
    const before = relaysOf(hospital)
    const victim = world.relays.find(({ id }) => id === before[0])!
    await victim.stop()
    await until(() => relaysOf(hospital).length === 2 && !relaysOf(hospital).includes(victim.id), 'the third took its place')

    const addresses = hospital.network.addresses()
    expect(addresses).to.not.be.empty()
    expect(addresses.every(address => /\/p2p\/[^/]+\/p2p-circuit\/p2p\/[^/]+$/.test(address))).to.equal(true)
    await until(() => addresses.every(address => world.network.founder.membership.records.get(hospital.id)?.addresses.includes(address)), 'the others have them')
    await until(() => world.network.founder.membership.records.get(hospital.id)?.addresses.every(address => !address.includes(victim.network.peerId)) === true, 'and no old ones')
  })

  it('go elsewhere when a relay is full, and come back when the only relay does', async () => {
    network = await TestNetwork.found({ config: { ...listening(), relay: { ...relayLimits, enabled: 'no' } } })
    const full = await network.join('full', { config: relaying({ maxReservations: 0 }) })
    const relay = await network.join('relay', { config: relaying() })
    const hospital = await network.join('hospital', { config: dialing() })
    await until(() => relaysOf(hospital).join() === relay.id, 'at the one with room')
    await until(() => (full.network.relaying?.()?.refused ?? 0) > 0, 'the full one was asked and said no')
    expect(full.network.relaying?.()?.refusals).to.have.all.keys('reservation refused')
    expect(relaysOf(hospital)).to.deep.equal([relay.id])

    const port = /\/tcp\/(\d+)/.exec(relay.network.addresses()[0])?.[1]
    await relay.stop()
    await until(() => relaysOf(hospital).length === 0, 'lost')
    relay.config.network.listen = [`/ip4/127.0.0.1/tcp/${port}`]
    await relay.start()
    await until(() => relaysOf(hospital).join() === relay.id, 'reserved again', 20_000)
  })

  it('a site starts although no relay is there, and is reached as soon as one is', async () => {
    const world = await Hospitals.open({ relays: 1, hospitals: 2 })
    network = world.network
    const [relay] = world.relays
    const port = /\/tcp\/(\d+)/.exec(relay.network.addresses()[0])?.[1]
    await world.ready(1)
    await Promise.all([...world.hospitals, relay].map(async site => site.stop()))
    await Promise.all(world.hospitals.map(async site => site.start()))
    expect(world.hospitals.map(relaysOf)).to.deep.equal([[], []])
    relay.config.network.listen = [`/ip4/127.0.0.1/tcp/${port}`]
    await relay.start()
    await until(() => world.pairs.every(linked), 'linked', 30_000)
  })

  it('are renewed after the machine slept', async () => {
    let slept = 0
    const clock = { ...systemClock, now: () => systemClock.now() + slept }
    const world = await Hospitals.open({ relays: 2, hospitals: 0 })
    network = world.network
    const hospital = await network.join('hospital', { config: dialing(), clock })
    await until(() => relaysOf(hospital).length === 2, 'two reservations')
    const before = hospital.network.reservations?.() ?? []
    slept = 3_600_000
    const renewed = (): boolean => (hospital.network.reservations?.() ?? []).filter(({ relay, renewed: at }) => at - slept > before.find(other => other.relay === relay)!.renewed).length === 2
    await until(renewed, 'asked again at both', 8_000)
    expect(relaysOf(hospital)).to.have.lengthOf(2)
  })

  it('prefer relays that do not fail together, then the quickest', () => {
    const made = (site: string, organization: string, network: string, rtt?: number): Candidate => ({ site: site as SiteId, organization, networks: [network], rtt })
    const fast = made('a', 'x', 'ip4/192.0.2', 1)
    const near = made('b', 'y', 'ip4/192.0.2', 2)
    const same = made('c', 'x', 'ip4/198.51.100', 3)
    const apart = made('d', 'y', 'ip4/203.0.113', 90)
    const unknown = made('e', '', 'ip4/203.0.114')
    expect(ranked([unknown, apart, same, near, fast], []).map(({ site }) => site)).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    expect(ranked([unknown, apart, same, near], [fast]).map(({ site }) => site)).to.deep.equal(['d', 'e', 'c', 'b'])
    expect(networkOf('/ip4/192.0.2.77/tcp/1')).to.equal('ip4/192.0.2')
    expect(networkOf('/ip6/2001:db8:7::1/tcp/1')).to.equal(networkOf('/ip6/2001:0db8:0007:1::2/tcp/9'))
    expect(networkOf('/dns4/relay.example/tcp/443/wss')).to.equal('relay.example')

    const candidate = fc.record({ site: fc.stringMatching(/^[a-z]{3}$/), organization: fc.constantFrom('', 'x', 'y'), networks: fc.subarray(['n', 'm', 'o'], { minLength: 1 }), rtt: fc.option(fc.nat(100), { nil: undefined }) }) as fc.Arbitrary<Candidate>
    fc.assert(fc.property(fc.array(candidate, { minLength: 1 }), fc.array(candidate), (free, held) => {
      const [first, ...rest] = ranked(free, held)
      expect(rest.every(other => shared(first, held) < shared(other, held) || (shared(first, held) === shared(other, held) && (first.rtt ?? Infinity) <= (other.rtt ?? Infinity)))).to.equal(true)
    }))
  })
})

import { expect } from 'aegir/chai'
import { outsider } from './helpers/outsider.ts'
import { dialing, TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'

describe('members', () => {
  let network: TestNetwork

  beforeEach(async () => {
    network = await TestNetwork.found()
  })

  afterEach(async () => {
    await network.stop()
  })

  const up = (a: TestSite, b: TestSite): boolean => a.network.links.isUp(b.id) && b.network.links.isUp(a.id)
  const allUp = (...sites: TestSite[]): boolean => sites.every(a => sites.every(b => a === b || up(a, b)))

  it('learn of new members and of each other\'s records without asking', async () => {
    const { founder } = network
    const first = await network.join('first')
    const second = await network.join('second')
    await until(() => allUp(founder, first, second), 'all are linked')
    expect(first.membership.roster.head().seq).to.equal(3)
    await until(() => Buffer.compare(first.membership.records.digest(), second.membership.records.digest()) === 0, 'both have the same records')
    expect(first.membership.records.get(second.id)?.addresses.length).to.be.greaterThan(0)
    expect(first.network.peers().map(({ site, path }) => `${site} ${path}`).sort()).to.deep.equal([`${founder.id} direct`, `${second.id} direct`].sort())
    await until(() => first.network.peers().every(({ rtt }) => rtt != null), 'the round trip is known')
  })

  it('a site that was away learns of everything when it comes back, and has no wait for the DHT', async () => {
    const { founder } = network
    const away = await network.join('away')
    await until(() => up(founder, away), 'linked')
    await away.stop()
    await until(() => !founder.network.links.isUp(away.id), 'its absence is seen')
    const later = await network.join('later')
    await founder.membership.authority?.revoke(later.id, 'test')
    await later.stop()
    await away.start()
    await until(() => up(founder, away), 'linked again', 3_000)
    expect(away.membership.roster.standing(later.id)).to.equal('revoked')
  })

  it('revoking a site cuts it everywhere within a second and tells it why', async () => {
    const { founder } = network
    const sites = await Promise.all(['one', 'two', 'bad'].map(async name => network.join(name)))
    const [one, two, bad] = sites
    await until(() => allUp(founder, ...sites), 'all are linked')
    const begin = Date.now()
    await founder.membership.authority?.revoke(bad.id, 'stolen laptop')
    await until(() => [founder, one, two].every(({ network }) => !network.links.isUp(bad.id)), 'its links are gone', 1_000)
    await until(() => [founder, one, two].every(({ network }) => network.node.getConnections(bad.network.node.peerId).length === 0), 'its connections are gone', 1_000)
    expect(Date.now() - begin).to.be.lessThan(1_000)
    expect(bad.membership.roster.standing(bad.id)).to.equal('revoked')
    expect(allUp(founder, one, two)).to.equal(true)

    // it comes again, and is told; the others dial it no more
    const connection = await bad.network.node.dial(founder.network.node.getMultiaddrs()).catch(() => undefined)
    await until(() => connection?.status !== 'open' && founder.network.node.getConnections(bad.network.node.peerId).length === 0, 'it is closed again', 5_000)
    expect(founder.network.links.isUp(bad.id)).to.equal(false)
  })

  it('a revoked site gets nothing from ping any more, which answered while it was a member', async () => {
    const { founder } = network
    const site = await network.join('site')
    await until(() => up(founder, site), 'linked')
    const key = site.membership.peerKey
    await site.stop()

    // the same peer id with a bare libp2p, so that no rule of ours runs on its side
    const bare = await outsider(key)

    try {
      const addresses = founder.network.node.getMultiaddrs()
      const ping = async (): Promise<number> => {
        const stream = await bare.dialProtocol(addresses, '/ipfs/ping/1.0.0')
        let bytes = 0
        stream.addEventListener('message', ({ data }) => { bytes += data.byteLength })
        stream.send(new Uint8Array(32))
        await new Promise(resolve => { setTimeout(resolve, 200) })

        return bytes
      }

      expect(await ping()).to.equal(32)
      await founder.membership.authority?.revoke(site.id, 'test')
      expect(await ping().catch(() => 0)).to.equal(0)
    } finally {
      await bare.stop()
    }
  })

  it('link again after a peer restarts, also one that only dials out', async () => {
    const { founder } = network
    const site = await network.join('quiet', { config: dialing() })
    const events: string[] = []
    await until(() => up(founder, site), 'linked')
    founder.network.links.linkUp.subscribe(() => { events.push('up') })
    founder.network.links.linkDown.subscribe(() => { events.push('down') })

    for (let round = 0; round < 2; round++) {
      await site.stop()
      await until(() => !founder.network.links.isUp(site.id), 'the link is gone')
      await site.start()
      await until(() => up(founder, site), 'linked again', 5_000)
    }

    expect(events).to.deep.equal(['down', 'up', 'down', 'up'])
  })

  it('that dial each other at the same moment end with one working link and no flapping', async () => {
    const { founder } = network
    const site = await network.join('twin')
    await until(() => up(founder, site), 'linked')

    for (let round = 0; round < 5; round++) {
      const events: string[] = []
      const unsubscribe = [founder, site].flatMap(({ network }) => [
        network.links.linkUp.subscribe(() => { events.push('up') }),
        network.links.linkDown.subscribe(() => { events.push('down') })
      ])

      for (const connection of [...founder.network.node.getConnections(), ...site.network.node.getConnections()]) {
        connection.abort(new Error('test'))
      }

      await until(() => events.filter(event => event === 'down').length === 2, 'both see it')
      await Promise.all([
        founder.network.node.dial(site.network.node.getMultiaddrs(), { force: true }),
        site.network.node.dial(founder.network.node.getMultiaddrs(), { force: true })
      ])
      await until(() => up(founder, site), 'linked again')
      await new Promise(resolve => { setTimeout(resolve, 300) })
      expect(events.slice(2), `round ${round}`).to.deep.equal(['up', 'up'])
      unsubscribe.forEach(end => { end() })

      const arrived = new Promise<void>((resolve) => {
        const end = site.network.links.frames.subscribe(({ done }) => {
          done()
          end()
          resolve()
        })
      })
      expect(founder.network.links.send(site.id, { receipts: Uint8Array.of(1) } as Partial<Frame>)).to.equal(true)
      await arrived
      expect(site.network.links.send(founder.id, { receipts: Uint8Array.of(1) } as Partial<Frame>)).to.equal(true)
    }
  })
})

import { expect } from 'aegir/chai'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { BACKOFF_FIRST, BACKOFF_LAST } from '../../src/network/backoff.ts'
import { Connector, EAGER_DIAL_RATE } from '../../src/network/connector.ts'
import { MAX_PER_MEMBER } from '../../src/network/constants.ts'
import { StubClock } from '../protocols/helpers/stub-link.ts'
import { outsider } from './helpers/outsider.ts'
import { TestNetwork, until } from './helpers/sites.ts'
import type { ConnectorComponents } from '../../src/network/connector.ts'

describe('what one member may take', () => {
  it('a few connections, not those of all', async () => {
    const network = await TestNetwork.found()

    try {
      const { founder } = network
      const site = await network.join('site')
      await until(() => founder.network.links.isUp(site.id), 'linked')
      const key = site.membership.peerKey
      await site.stop()
      await until(() => founder.network.node.getConnections().length === 0, 'gone')

      // the same peer id with a bare libp2p, so that no rule of ours runs on its side
      const bare = await outsider(key)

      try {
        for (let at = 0; at < 2 * MAX_PER_MEMBER; at++) {
          // dialled at once they would be joined to one; those above the limit may fail at either step
          await bare.dial(founder.network.node.getMultiaddrs(), { force: true }).catch(() => undefined)
        }

        await new Promise(resolve => { setTimeout(resolve, 200) })
        const open = founder.network.node.getConnections(bare.peerId).filter(({ status }) => status === 'open')
        expect(open.length).to.equal(MAX_PER_MEMBER)

        // there is room again as soon as one ends
        open[0].abort(new Error('test'))
        await until(() => founder.network.node.getConnections(bare.peerId).length < MAX_PER_MEMBER, 'one is gone')
        await bare.dial(founder.network.node.getMultiaddrs(), { force: true })
        await until(() => founder.network.node.getConnections(bare.peerId).length === MAX_PER_MEMBER, 'another is there')
      } finally {
        await bare.stop()
      }
    } finally {
      await network.stop()
    }
  })

  it('news of itself make a site dialled early once, not each time', async () => {
    let dials = 0
    const clock = new StubClock()
    const connector = new Connector({
      node: { getConnections: () => [], peerId: 'self' },
      dialer: { dial: async () => { dials++; throw new Error('nobody there') } },
      membership: {
        self: 'self.test',
        roster: { members: () => [{ site: 'loud.test' }], standing: () => 'member' },
        records: { get: () => ({ peers: ['12D3KooWGzkmv4P7NRzE5qX4pFtTk3mTGEtGcsQS3V5sPaCcNFUt'], addresses: ['/ip4/127.0.0.1/tcp/1'] }) }
      },
      book: { of: () => [], left: () => [] },
      isUp: () => false,
      count: () => 0,
      quarantine: { has: () => false },
      arriving: () => false,
      opened: () => false,
      admission: {},
      clock,
      random: systemRandom,
      log: silentLog
    } as unknown as ConnectorComponents, 8)
    const pass = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 50) {
        clock.pass(50)
        await new Promise(resolve => { setImmediate(resolve) })
      }
    }

    connector.start()
    // until the delays are as long as they get
    await pass(8 * BACKOFF_LAST)
    dials = 0

    // news each quarter of a second
    for (let at = 0; at < 40; at++) {
      connector.renewed('loud.test')
      await pass(BACKOFF_FIRST)
    }

    connector.stop()
    // one early, and at most one whose time had come
    expect(dials).to.be.within(1, 2)
  })

  it('thousands of members out of reach take a bounded share of this site, and whom something waits for goes first', async () => {
    const SITES = 10_000
    const dialled: string[] = []
    let looks = 0
    const clock = new StubClock()
    const sites = Array.from({ length: SITES }, (_, at) => ({ site: `s${at}.test` }))
    const connector = new Connector({
      node: { getConnections: () => [], peerId: 'self' },
      dialer: { dial: async (site: string) => { dialled.push(site); throw new Error('nobody there') } },
      membership: {
        self: 'self.test',
        roster: { members: () => { looks++; return sites }, standing: () => 'member' },
        records: { get: () => ({ peers: ['12D3KooWGzkmv4P7NRzE5qX4pFtTk3mTGEtGcsQS3V5sPaCcNFUt'], addresses: ['/ip4/127.0.0.1/tcp/1'] }) }
      },
      book: { of: () => [], left: () => [] },
      isUp: () => false,
      count: () => 0,
      quarantine: { has: () => false },
      arriving: () => false,
      opened: () => false,
      admission: {},
      clock,
      random: systemRandom,
      log: silentLog
    } as unknown as ConnectorComponents, 8)
    const pass = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 50) {
        clock.pass(50)
        await new Promise(resolve => { setImmediate(resolve) })
      }
    }

    connector.start()
    await pass(10_000)
    expect(dialled.length).to.be.within(EAGER_DIAL_RATE.burst, EAGER_DIAL_RATE.burst + 10 * EAGER_DIAL_RATE.rate)
    // an attempt that ends is no reason to look through all of them again at once
    expect(looks).to.be.lessThan(100)
    expect(new Set(dialled).size).to.equal(dialled.length)

    // its share is used up, which keeps nobody out that is wanted
    const wanted = sites.map(({ site }) => site).filter(site => !dialled.includes(site)).slice(0, 20)
    wanted.forEach(site => { connector.want(site) })
    await pass(500)
    expect(dialled).to.include.members(wanted)
    connector.stop()
  })
})

/** How often a site that does not answer is dialled, in virtual time. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'aegir/chai'
import { UnreachableError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import { BACKOFF_LAST } from '../../src/network/backoff.ts'
import { Connector } from '../../src/network/connector.ts'
import { EASED_LAST } from '../../src/network/target.ts'
import { SeededRandom } from '../simulation/kit/seeded-random.ts'
import { VirtualClock } from '../simulation/kit/virtual-clock.ts'
import type { Standing } from '../../src/membership/index.ts'
import type { ConnectorComponents } from '../../src/network/connector.ts'

const SITE = 'away.net'
const HOUR = 3_600_000

describe('attempts at a site that is away', () => {
  let clock: VirtualClock
  let connector: Connector
  /** Monotonic ms of each attempt */
  let attempts: number[]
  let make: () => Connector
  /** What the roster says of this site, and of the other one */
  let ours: Standing
  let theirs: Standing
  /** The other site's peer id */
  let id: string

  beforeEach(async () => {
    clock = new VirtualClock()
    attempts = []
    ours = theirs = 'member'
    const pair = await Promise.all([1, 2].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
    // of two ends that lose a link the other one dials first
    const [peer, own] = pair.sort((a, b) => a.toString() < b.toString() ? -1 : 1)

    // all that a Connector asks for when nobody answers
    make = () => new Connector({
      node: { peerId: own, getConnections: () => [], services: { dht: { routingTable: { size: 0 } } } },
      dialer: {
        dial: async () => {
          attempts.push(clock.monotonic())
          throw new UnreachableError('nobody answers')
        }
      },
      membership: {
        self: 'here.net',
        roster: { members: () => [{ site: SITE }], standing: (site: string) => site === SITE ? theirs : ours },
        records: { get: () => ({ peers: [(id = peer.toString())], addresses: ['/ip4/127.0.0.1/tcp/9'] }) }
      },
      quarantine: { has: () => false },
      arriving: () => false,
      opened: () => false,
      book: { of: () => [], left: () => [] },
      isUp: () => false,
      count: () => 0,
      clock,
      random: new SeededRandom(5),
      log: silentLog
    } as unknown as ConnectorComponents, 64)
    connector = make()
    connector.start()
    connector.want(SITE)
    await clock.advance(120_000)
    attempts.length = 0
  })

  afterEach(() => { connector.stop() })

  const gaps = (): number[] => attempts.slice(1).map((at, index) => at - attempts[index])

  it('come at least every half minute while something waits here alone', async () => {
    await clock.advance(HOUR)
    expect(Math.max(...gaps())).to.be.at.most(BACKOFF_LAST + 1_000)
    expect(attempts.length).to.be.above(HOUR / BACKOFF_LAST - 1)
  })

  it('do not wait for their time when somebody begins to wait, once in half a minute', async () => {
    connector.stop()
    connector = make()
    connector.start()
    await clock.advance(HOUR)

    attempts.length = 0

    for (let waited = 0; waited < 2 * BACKOFF_LAST && attempts.length === 0; waited += 100) {
      await clock.advance(100)
    }

    // just failed again, for nobody
    attempts.length = 0
    connector.want(SITE)
    await clock.advance(100)
    expect(attempts).to.have.lengthOf(1)
    connector.want(SITE, true)
    connector.want(SITE)
    await clock.advance(5_000)
    expect(attempts).to.have.lengthOf(1)
  })

  it('begin a second after a link was lost, when the other end dials first; at once when this machine moved, of which that end knows nothing', async () => {
    const first = async (): Promise<number> => {
      attempts.length = 0
      const lost = clock.monotonic()
      connector.lost(SITE)
      await clock.advance(2_500)

      return attempts[0] - lost
    }

    expect(await first()).to.be.within(1_000, 2_100)
    connector.moved()
    expect(await first()).to.be.below(300)
  })

  it('are farther apart while all of it rests with keepers, and never end', async () => {
    connector.want(SITE, true)
    await clock.advance(HOUR * 4)
    // the one that was due, then slowly
    expect(Math.min(...gaps().slice(1))).to.be.at.least(EASED_LAST / 2)
    expect(Math.max(...gaps())).to.be.at.most(EASED_LAST + 1_000)
    expect(attempts.length).to.be.within(HOUR * 4 / EASED_LAST, HOUR * 8 / EASED_LAST + 1)
  })

  it('come as before when something new waits, or the site has news', async () => {
    connector.want(SITE, true)
    await clock.advance(HOUR)
    attempts.length = 0
    connector.want(SITE)
    await clock.advance(BACKOFF_LAST)
    expect(attempts.length).to.be.at.least(1)
    connector.want(SITE, true)
    await clock.advance(60_000)
    attempts.length = 0
    connector.renewed(SITE)
    await clock.advance(1_000)
    expect(attempts).to.have.lengthOf(1)
  })

  it('come every half minute when the own admission ran out, so that a renewal is soon noticed, and seldom when it was revoked', async () => {
    ours = 'expired'
    await clock.advance(HOUR)
    expect(Math.max(...gaps())).to.be.at.most(31_000)
    expect(Math.min(...gaps().slice(1))).to.be.at.least(29_000)
    ours = 'revoked'
    attempts.length = 0
    await clock.advance(HOUR)
    expect(Math.min(...gaps().slice(1))).to.be.at.least(299_000)
  })

  it('go to who was a member when nobody is any more by the own roster or clock, and never to who was revoked', async () => {
    for (const standing of ['expired', 'not-yet'] as const) {
      theirs = standing
      expect(connector.mayAsk(id)).to.equal(true)
      expect(connector.mayAsk('another')).to.equal(false)
      attempts.length = 0
      await clock.advance(120_000)
      expect(attempts.length, standing).to.be.above(1)
    }

    theirs = 'revoked'
    expect(connector.mayAsk(id)).to.equal(false)
    await clock.advance(BACKOFF_LAST)
    attempts.length = 0
    await clock.advance(HOUR)
    expect(attempts).to.deep.equal([])
  })
})

import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { createReport } from '../../src/control/report.ts'
import { systemClock } from '../../src/core/clock.ts'
import { readPem } from '../../src/membership/keys/site-keys.ts'
import { createMetrics } from '../../src/metrics/create-metrics.ts'
import { TestNetwork, until } from '../network/helpers/sites.ts'
import { forgedRenewal } from './forged.ts'
import type { TestSite } from '../network/helpers/sites.ts'

describe('a fork of the roster, over real links', () => {
  let network: TestNetwork
  let founder: TestSite
  let one: TestSite
  let two: TestSite

  beforeEach(async () => {
    network = await TestNetwork.found()
    founder = network.founder
    one = await network.join('one')
    two = await network.join('two')
    await until(() => linked(founder, one, two), 'all are linked')
    await until(() => founder.membership.roster.head().seq === two.membership.roster.head().seq && one.membership.roster.head().seq === two.membership.roster.head().seq, 'all have one roster')
  })

  afterEach(async () => {
    await network.stop()
  })

  const linked = (...sites: TestSite[]): boolean => sites.every(a => sites.every(b => a === b || a.network.links.isUp(b.id)))
  const forked = (...sites: TestSite[]): boolean => sites.every(({ membership }) => membership.roster.forked)

  /** The true authority and a copy of its disk sign after one entry */
  async function twoHistories (): Promise<Uint8Array> {
    const head = founder.membership.roster.head()
    const forged = await forgedRenewal(founder.dir, head, one.id, systemClock.now())
    await founder.membership.authority?.renew(two.id)

    return forged.raw
  }

  it('is known everywhere at once, and to a member that was off by its next link', async () => {
    await two.stop()
    await until(() => !founder.network.links.isUp(two.id), 'it is off')
    const forged = await twoHistories()
    await until(() => one.membership.roster.head().seq === founder.membership.roster.head().seq, 'the true one is everywhere')

    expect((await one.membership.roster.accept([forged])).kind).to.equal('fork')
    await until(() => forked(founder), 'the other is told', 2_000)

    // it knows nothing of the forged entry: with the first link it has the true one, then both
    expect(await two.store.getMeta({ key: 'roster.fork' })).to.equal(undefined)
    await two.start()
    await until(() => forked(two), 'the one that was off is told', 5_000)
    expect(two.membership.roster.forkEntries?.map(hex).sort()).to.deep.equal(founder.membership.roster.forkEntries?.map(hex).sort())
    // and members go on
    await until(() => linked(founder, one, two), 'all are linked')
  })

  it('is known to all when a member comes back with the other history', async () => {
    await two.stop()
    await until(() => !founder.network.links.isUp(two.id), 'it is off')
    const before = two.membership.roster.head()
    const forged = await twoHistories()
    // the thief reached it while it saw nobody else
    expect((await two.membership.roster.accept([forged])).kind).to.equal('accepted')
    expect(two.membership.roster.head().seq).to.equal(before.seq + 1)

    await two.start()
    await until(() => forked(founder, one, two), 'all know of it', 5_000)
    await until(() => linked(founder, one, two), 'all are linked')
  })

  it('shows in status and metrics, freezes appends, and is over everywhere with a recovery', async () => {
    const forged = await twoHistories()
    await until(() => one.membership.roster.head().seq === founder.membership.roster.head().seq, 'the true one is everywhere')
    await one.membership.roster.accept([forged])
    await until(() => forked(founder, one, two), 'all know of it', 5_000)

    for (const site of [founder, one, two]) {
      expect(await shown(site)).to.deep.equal({ forked: true, metric: '1' })
    }

    await expect(founder.membership.authority?.renew(one.id)).to.eventually.be.rejectedWith(/frozen/)

    // one member is off while the network is recovered
    await two.stop()
    const recoveryKey = await readPem(join(founder.dir, '..', 'recovery.key'), 'ed25519')
    await one.membership.recover({ recoveryKey })
    await until(() => !founder.membership.roster.forked, 'the alarm ends', 5_000)
    expect(await two.store.getMeta({ key: 'roster.fork' })).to.not.equal('')
    await two.start()
    await until(() => !two.membership.roster.forked, 'and at the one that was off', 5_000)

    for (const site of [founder, one, two]) {
      expect(await shown(site)).to.deep.equal({ forked: false, metric: '0' })
    }

    // it does not come back with the next link of one that has the old proof on its disk
    await one.stop()
    await one.start()
    await until(() => linked(founder, one, two), 'all are linked')
    expect(forked(founder) || forked(one) || forked(two)).to.equal(false)
  })

  async function shown ({ membership, network, store }: TestSite): Promise<{ forked: boolean, metric: string | undefined }> {
    const report = createReport({ membership, network, store, events: { draining: false }, clock: systemClock, version: 'test', paused: () => undefined, api: () => 'http://127.0.0.1:1' })
    const metrics = createMetrics({ version: 'test', file: '/nowhere', clock: systemClock, maxSites: 10 })
    metrics.watch({ membership, network, store, refusals: () => ({}), waiters: () => 0, paused: () => undefined, trouble: () => undefined, ready: () => true })
    const { text } = await metrics.render()

    return { forked: (await report.status()).forked, metric: /^beam_roster_forked (\d)$/m.exec(text)?.[1] }
  }

  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
})

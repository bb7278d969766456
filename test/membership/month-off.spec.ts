import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { SetClock, WholeNetwork } from './whole.ts'
import type { WholeSite } from './whole.ts'

const DAY = 86_400_000

/** Whole daemons, all with the same clock, which a test sets forward */
describe('a site that was off for a month', function () {
  this.timeout(60_000)

  const clock = new SetClock()
  let network: WholeNetwork
  let hub: WholeSite
  let north: WholeSite
  let south: WholeSite
  let east: WholeSite
  /** What two sites queued before they were off */
  const queued = new Map<WholeSite, string>()

  const later = async (days: number, ...sites: WholeSite[]): Promise<void> => {
    await Promise.all(sites.map(async site => site.stop()))
    clock.shift += days * DAY
    // their keys are looked after at each start
    await Promise.all(sites.map(async site => site.start()))
  }
  const linked = async (one: WholeSite, ...others: WholeSite[]): Promise<void> => {
    await eventually(`links of ${one.id}`, async () => {
      const { peers } = await one.operator.status()

      return others.every(({ id }) => peers.up.includes(id))
    })
  }
  const head = async (of: WholeSite): Promise<string> => (await of.operator.status()).roster.hash

  before(async () => {
    network = await WholeNetwork.found(clock)
    hub = network.hub
    ;[north, south, east] = [await network.join('north', clock), await network.join('south', clock), await network.join('east', clock)]
    await linked(hub, north, south, east)
    await Promise.all([hub.stop(), north.stop()])

    for (const site of [south, east]) {
      const { id, reply } = await ask(site.app('ask'), [`work.${north.id}`, `work.${hub.id}`], { ttl: '30d' })
      expect(reply?.status).to.equal(201)
      queued.set(site, id)
      await site.stop()
    }

    // meanwhile: new encryption keys, two new authority keys, a revocation
    await later(29, hub, north)
    await linked(hub, north)
    await hub.operator.rotateAuthority()
    await hub.operator.revoke({ site: south.id, reason: 'has left the study' })
    await hub.operator.rotateAuthority()
  })

  after(async () => { await network?.stop() })

  it('comes back, catches up with the roster and the keys, and what it had queued is done', async () => {
    await east.start()
    await linked(east, hub)
    expect(await head(east)).to.equal(await head(hub))
    const id = queued.get(east) ?? ''
    await eventually('the task', async () => (await todo(north.app('work'), '&wait_count=1&wait_time=2s')).includes(id))
    expect((await answer(north.app('work'), id, `ask.${east.id}`))?.status).to.equal(201)
    await eventually('the answer', async () => (await east.app('ask').call('GET', `/v1/tasks/${id}/results?wait_count=1&wait_time=5s`))?.text.includes('"answer"') === true)
  })

  it('and was revoked meanwhile: it learns so, says by whom, when and why, and all refuse what it had queued', async () => {
    await south.start()
    await eventually('south knows', async () => (await south.operator.status()).admission.standing === 'revoked')
    const plain = /south\.study was revoked on \d{4}-\S+ by the authority of the network at hub\.study \(\\?"has left the study\\?"\): it takes no part/
    const { admission, peers, reasons } = await south.operator.status()
    expect(admission.at).to.be.closeTo(clock.now(), 60_000)
    expect(reasons.join()).to.match(plain)
    expect(await south.ready()).to.match(/^503 /).and.match(plain)
    expect(south.lines.filter(line => plain.test(line))).to.have.length(1)

    await new Promise(resolve => { setTimeout(resolve, 1_000) })
    expect(peers.up).to.deep.equal([])
    const id = queued.get(south) ?? ''

    for (const site of [hub, north, east]) {
      expect(await todo(site.app('work')), site.id).to.not.include(id)
    }

    expect((await south.operator.outbox({})).map(({ site }) => site).sort()).to.deep.equal([hub.id, north.id])
    expect((await ask(south.app('ask'), [`work.${hub.id}`])).reply?.text).to.match(plain)
  })

  it('until its admission had run out: it says so and what its operator does not have to do; one renewal later it works', async () => {
    await Promise.all([south.stop(), east.stop()])
    await hub.operator.renew({ site: hub.id })
    await hub.operator.renew({ site: north.id })
    await eventually('north knows', async () => (await head(north)) === (await head(hub)))
    await later(340, hub, north)
    await linked(hub, north)
    await east.start()

    const plain = /the admission of east\.study ended on \d{4}-\S+: the operator of the authority runs \\?"beam-node renew east\.study\\?" there, and nothing has to be done here/
    await eventually('east says so', async () => plain.test(await east.ready()))
    expect(east.lines.filter(line => plain.test(line))).to.have.length(1)
    expect((await ask(east.app('ask'), [`work.${hub.id}`])).reply?.status).to.equal(503)

    await hub.operator.renew({ site: east.id })
    // by itself it looks every half minute
    await east.stop()
    await east.start()
    await linked(east, hub)
    expect(await east.ready()).to.match(/^200 /)
    const { id } = await ask(east.app('ask'), [`work.${north.id}`])
    await eventually('the task', async () => (await todo(north.app('work'), '&wait_count=1&wait_time=2s')).includes(id))
  })
})

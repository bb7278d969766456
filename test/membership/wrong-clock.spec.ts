import { expect } from 'aegir/chai'
import { judge } from '../../src/network/clock-judge.ts'
import { ask, eventually, todo } from '../faults/disk/kit.ts'
import { SetClock, WholeNetwork } from './whole.ts'
import type { WholeSite } from './whole.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Whole daemons, each with a clock of its own */
describe('a clock that is wrong by hours', function () {
  this.timeout(60_000)

  let network: WholeNetwork
  let hub: WholeSite
  let north: WholeSite
  let south: WholeSite

  before(async () => {
    network = await WholeNetwork.found(new SetClock())
    hub = network.hub
    ;[north, south] = [await network.join('north', new SetClock()), await network.join('south', new SetClock())]
    // admitted yesterday: else they would be no members yet by a clock that is behind
    network.sites.forEach(({ clock }) => { clock.shift = DAY })
    await eventually('links', async () => (await south.operator.status()).peers.up.length === 2 && (await north.operator.status()).peers.up.length === 2)
  })

  after(async () => { await network?.stop() })

  /** Started anew it compares with the first round trip, else with the next pings */
  const set = async (site: WholeSite, hours: number): Promise<void> => {
    await site.stop()
    site.clock.shift = DAY + hours * HOUR
    await site.start()
  }

  it('is said in status, readiness and log; nothing is accepted, expired or refused for good by it, and the others go on', async () => {
    const own = await ask(south.app('ask'), [`work.${south.id}`], { ttl: '1h' })
    expect(own.reply?.status).to.equal(201)
    await set(south, 6)

    const plain = /the clock of this machine is 6\.0 h ahead of those of 2 of the 2 sites that it is linked to: it is taken for wrong, and nothing is accepted until it is right/
    await eventually('readiness says so', async () => plain.test(await south.ready()))
    expect(await south.ready()).to.match(/^503 /)
    expect((await south.operator.status()).clockAlarms.join()).to.match(plain).and.match(/the clock of hub\.study is 21\d{3} s behind this one/)
    await eventually('the log says so', async () => south.lines.some(line => plain.test(line)))
    expect((await ask(south.app('ask'), [`work.${hub.id}`])).reply?.status).to.equal(503)

    // the others know who is wrong: one of two is not enough to doubt oneself
    await eventually('the alarm at hub', async () => (await hub.operator.status()).clockAlarms.join().includes('the clock of south.study is 21'))
    expect(await hub.ready()).to.match(/^200 /)
    const sent = await ask(hub.app('ask'), [`work.${south.id}`, `work.${north.id}`], { ttl: '1h' })
    expect(sent.reply?.status).to.equal(201)
    await eventually('the others work', async () => (await todo(north.app('work'))).includes(sent.id))
    await eventually('it waits for south', async () => (await hub.operator.outbox({})).some(({ note }) => note?.includes('clock-paused')))

    // right again; that it was ahead before is for a person to say
    await set(south, 0)
    await south.operator.acceptClock()
    await eventually('all is well', async () => (await south.ready()).startsWith('200 '))
    await eventually('what waited', async () => (await todo(south.app('work'))).includes(sent.id))
    expect(await todo(south.app('work'))).to.have.members([own.id, sent.id])
  })

  it('of the authority: nobody is invited or renewed by it, but revoked he is', async () => {
    await set(hub, 6)
    await eventually('hub doubts', async () => /ahead of those of 2 of the 2/.test(await hub.ready()))
    await expect(hub.operator.invite({ site: 'west', capabilities: ['*'] })).to.eventually.be.rejectedWith(/ahead of those of 2 of the 2 .+ set it first: nobody is admitted or renewed by it/)
    await expect(hub.operator.renew({ site: north.id })).to.eventually.be.rejectedWith(/set it first/)
    expect(await hub.operator.revoke({ site: south.id, reason: 'gone' })).to.include({ site: south.id })
  })

  it('is judged by more than half of the linked sites, two at least, that agree with each other', () => {
    const far = 6 * HOUR
    expect(judge([])).to.equal(undefined)
    expect(judge([far])).to.equal(undefined)
    expect(judge([far, 0])).to.equal(undefined)
    expect(judge([far, far, 0, 0])).to.equal(undefined)
    expect(judge([far, -far, 2 * far])).to.equal(undefined)
    expect(judge([290_000, 290_000])).to.equal(undefined)
    expect(judge([far, far + 1_000])).to.match(/is 6\.0 h behind those of 2 of the 2/)
    expect(judge([-far, 0, -far - 1_000])).to.match(/is 6\.0 h ahead of those of 2 of the 3/)
    expect(judge([400_000, 400_000, 0])).to.match(/is 400 s behind/)
  })
})

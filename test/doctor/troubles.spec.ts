import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { CHECKS } from '../../src/doctor/checks/index.ts'
import { examine } from '../../src/doctor/examine.ts'
import { runChecks } from '../../src/doctor/run-checks.ts'
import { setOut } from '../../src/doctor/walk/set-out.ts'
import { walk } from '../../src/doctor/walk/walk.ts'
import { until } from '../cli/support.ts'
import { DIALING, LISTENING, TestDaemons } from './daemons.ts'
import type { TestDaemon } from './daemons.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Finding } from '../../src/doctor/index.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NODE = { version: '24.0.0', needed: '22.19', fits: true }
const HUB = 'hub.study.example'
const EAST = 'east.study.example'
const WEST = 'west.study.example'

/** In this order: one world, which comes to its end bit by bit */
describe('doctor: what goes wrong between real daemons', function () {
  this.timeout(60_000)

  let daemons: TestDaemons
  let hub: TestDaemon
  let east: TestDaemon
  let west: TestDaemon
  let key: string
  let shift = 0

  const clock: Clock = { ...systemClock, now: () => systemClock.now() + shift }

  const look = async ({ dir }: TestDaemon, check: string, when: Clock = systemClock): Promise<Finding[]> =>
    runChecks(CHECKS.filter(({ name }) => name === check), await examine({ dir, env: {}, clock: when, node: NODE }), () => {})
  const linked = async (daemon: TestDaemon, site: string, up = true): Promise<unknown> =>
    until(async () => (await daemon.operator.peers()).some(peer => peer.site === site) === up ? true : undefined)
  const post = async (to: string, body = 'x'): Promise<string> => {
    const id = crypto.randomUUID()
    const { status } = await fetch(`${hub.facts.api}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `ApiKey ask.hub.study.example ${key}` },
      body: JSON.stringify({ id, from: 'ask.hub.study.example', to: [`app.${to}`], body, ttl: '24h', failure_strategy: 'discard', metadata: null })
    })
    expect(status).to.equal(201)

    return id
  }

  before(async () => {
    daemons = await TestDaemons.open()
    hub = await daemons.found({ config: { ...LISTENING, 'relay.maxReservations': '1', 'relay.maxCircuits': '0' } })
    key = (await hub.operator.addApp({ name: 'ask' })).key
    east = await daemons.join('east', { config: { ...DIALING, 'tasks.maxBody': '1024' } })
    await until(async () => (await east.operator.relays()).held.length > 0 ? true : undefined)
    west = await daemons.join('west', { config: DIALING, clock })
    await linked(west, HUB)
  })

  after(async () => { await daemons.stop() })

  it('nothing wrong: reached through the only relay, nobody refuses anything', async () => {
    expect(await look(hub, 'relays')).to.deep.equal([{ check: 'relays', level: 'ok', found: 'none needed: this site can be reached' }])
    expect((await look(east, 'relays'))[0]).to.include({ level: 'notice', found: `reached through ${HUB} alone` })
    expect((await look(east, 'recipients'))[0]).to.have.property('level', 'ok')
  })

  it('a reservation was refused because the relay is full', async () => {
    await until(async () => (await west.operator.relays()).troubles.length > 0 ? true : undefined)
    const [full, ...more] = await look(west, 'relays')

    expect(more).to.deep.equal([])
    expect(full).to.have.property('level', 'error')
    expect(full.found).to.match(/^hub\.study\.example has no room for a reservation \(the relay refused: reservation refused\); it is asked again at 20/)
    expect(full.mend).to.match(/relay\.maxReservations/)
  })

  it('--peer: the relay knows the other one, and has no room for a circuit', async () => {
    const patient = await examine({ dir: west.dir, env: {}, clock: systemClock, node: NODE })
    const hops = await walk(await setOut(patient, 'east', systemClock), () => {})
    const circuit = hops.find(({ check }) => check === 'circuit')

    expect(hops.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).to.deep.equal(['circuit', 'link'])
    expect(circuit).to.deep.include({ level: 'warning', found: `${HUB}: the relay refused: resource limit exceeded` })
    expect(circuit?.mend).to.match(/^ask who runs hub\.study\.example for more room: relay\.maxCircuits/)
  })

  it('a recipient that is offline, and one that refuses for good', async () => {
    await west.stop()
    await linked(hub, WEST, false)
    const refused = await post(EAST, 'y'.repeat(2_000))
    await post(WEST)
    await until(async () => (await hub.operator.listTasks({ state: 'refused' })).length > 0 ? true : undefined)
    const [offline, large] = await look(hub, 'recipients')

    expect(offline).to.have.property('level', 'warning')
    expect(offline.found).to.match(/^1 envelope waits for west\.study\.example, which is offline or out of reach \(no link since /)
    expect(offline.mend).to.equal(`"beam-node doctor --peer ${WEST}" walks the way to it`)
    expect(large).to.deep.include({ level: 'warning', found: `app.${EAST} refused task ${refused} for good: body-too-large` })
    expect(large.mend).to.match(/tasks\.maxBody/)
  })

  it('a clock that is wrong: as the others see it, as it sees them, and as the reason of a refusal', async () => {
    shift = 2 * HOUR
    await west.start()
    await linked(hub, WEST)
    await until(async () => (await look(hub, 'clock'))[0].level === 'error' ? true : undefined)
    expect((await look(hub, 'clock'))[0].found).to.match(/^the clock of west\.study\.example is 7[12]\d\d s ahead of this one$/)
    await until(async () => (await look(west, 'clock'))[0].level === 'error' ? true : undefined)
    expect((await look(west, 'clock'))[0].found).to.match(/^the clock of hub\.study\.example is 7[12]\d\d s behind this one$/)

    await west.stop()
    shift = 0
    await west.start()
    const [behind] = await look(west, 'clock')
    expect(behind).to.have.property('level', 'error')
    expect(behind.found).to.match(/^the clock of this machine is 7[12]\d\d s behind what it showed before/)
    expect(behind.mend).to.match(/chrony.*beam-node clock accept/)

    await linked(hub, WEST)
    await post(WEST)
    await until(async () => (await look(hub, 'recipients')).some(({ found }) => found.endsWith('not now: clock-paused')) ? true : undefined)
  })

  it('a recipient that is no member any more; the site itself knows why', async () => {
    await hub.operator.revoke({ site: 'west', reason: 'laptop was stolen' })
    await until(async () => (await hub.operator.outbox({})).every(({ state }) => state === 'parked') ? true : undefined)
    const [parked] = await look(hub, 'recipients')
    expect(parked).to.have.property('level', 'warning')
    expect(parked.found).to.match(/^\d envelopes? waits? for west\.study\.example, which is no member now \(revoked\): nothing is sent to it until it is one again$/)

    await until(async () => (await look(west, 'admission'))[0].level === 'error' ? true : undefined)
    expect((await look(west, 'admission'))[0].found).to.match(/revoked.*laptop was stolen/)
    await west.stop()
    expect((await look(west, 'admission'))[0].found).to.match(/revoked.*laptop was stolen/)
  })

  it('all relays are down; without the daemon the admission that ended is seen all the same', async () => {
    await hub.stop()
    await linked(east, HUB, false)
    // the reservation is given up a moment after the link
    await until(async () => (await east.operator.relays()).held.length === 0 ? true : undefined)
    const [down, ...more] = await look(east, 'relays')
    expect(more).to.deep.equal([])
    expect(down).to.deep.include({ level: 'error', found: `all relays are down, or out of reach: none of 1 members that could relay has a link (${HUB})` })
    expect(down.mend).to.include(`beam-node doctor --peer ${HUB}`)

    await east.stop()
    expect((await look(east, 'relays'))[0]).to.include({ level: 'notice', found: 'not looked at: only the daemon knows its reservations' })
    const later: Clock = { ...systemClock, now: () => systemClock.now() + 400 * DAY }
    expect((await look(east, 'admission', later))[0]).to.deep.include({ level: 'error', found: `the roster says of ${EAST}: expired` })
  })
})

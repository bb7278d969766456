import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { examine } from '../../src/doctor/examine.ts'
import { worst } from '../../src/doctor/run-checks.ts'
import { setOut } from '../../src/doctor/walk/set-out.ts'
import { walk, wayOn } from '../../src/doctor/walk/walk.ts'
import { beam, until } from '../cli/support.ts'
import { DIALING, LISTENING, TestDaemons } from './daemons.ts'
import type { TestDaemon } from './daemons.ts'
import type { Hop } from '../../src/doctor/walk/index.ts'

const NODE = { version: '24.0.0', needed: '22.19', fits: true }
const HUB = 'hub.study.example'
const SOUTH = 'south.study.example'
const HOPS = ['roster', 'site record', 'names', 'connection', 'identity', 'relay', 'reservation', 'circuit', 'membership session', 'link', 'round trip', 'clock', 'outbox', 'mailboxes']

/** In this order: one world, which comes to its end bit by bit */
describe('doctor --peer: the way to one site, hop by hop', function () {
  this.timeout(60_000)

  let daemons: TestDaemons
  let hub: TestDaemon
  let north: TestDaemon
  let south: TestDaemon
  let west: TestDaemon

  const to = async ({ dir }: TestDaemon, site: string): Promise<Hop[]> => {
    const patient = await examine({ dir, env: {}, clock: systemClock, node: NODE })

    return walk(await setOut(patient, site, systemClock), () => {})
  }
  const hop = (hops: Hop[], name: string): Hop => hops.find(({ check }) => check === name) ?? expect.fail(`no hop ${name}`)
  const such = (hops: Hop[], outcome: Hop['outcome']): string[] => hops.filter(hop => hop.outcome === outcome).map(({ check }) => check)
  const linked = async (daemon: TestDaemon, site: string): Promise<unknown> =>
    until(async () => (await daemon.operator.peers()).some(peer => peer.site === site && peer.rtt != null) ? true : undefined)

  before(async () => {
    daemons = await TestDaemons.open()
    hub = await daemons.found({ config: { ...LISTENING, 'mailbox.enabled': 'yes' } })
    north = await daemons.join('north', { config: { ...LISTENING, 'relay.enabled': 'no', 'mailbox.after': '100ms' } })
    south = await daemons.join('south', { config: DIALING })
    west = await daemons.join('west', { config: DIALING })
    await Promise.all([linked(north, HUB), linked(south, HUB), linked(west, SOUTH)])
  })

  after(async () => { await daemons.stop() })

  it('all the way over a direct link; what a direct link does not need is skipped', async () => {
    const hops = await to(north, 'hub')

    expect(hops.map(({ check }) => check)).to.deep.equal(HOPS)
    expect(such(hops, 'skipped')).to.deep.equal(['relay', 'reservation', 'circuit', 'mailboxes'])
    expect(such(hops, 'failed')).to.deep.equal([])
    expect(hop(hops, 'roster').found).to.match(/^hub\.study\.example is a member, admitted until 20\d\d-/)
    expect(hop(hops, 'site record').found).to.match(/1 address of its own, no relay$/)
    expect(hop(hops, 'connection').found).to.match(/^127\.0\.0\.1:\d+ takes connections$/)
    expect(hop(hops, 'link').found).to.match(/^direct, dialled from here, since 20/)
    expect(hop(hops, 'mailboxes').found).to.equal('no member keeps mail for it')
    expect(wayOn(hops)).to.equal(undefined)
  })

  it('over a relay, to a site that has no address of its own', async () => {
    const hops = await to(west, 'app.south.study.example')

    expect(such(hops, 'skipped')).to.deep.equal(['names', 'connection'])
    expect(hop(hops, 'connection').found).to.equal('it has no address of its own')
    expect(hop(hops, 'reservation').found).to.equal(`${HUB} holds one for it`)
    expect(hop(hops, 'link').found).to.match(/^through hub\.study\.example, .*; not direct: no address$/)
    expect(hop(hops, 'round trip').found).to.match(/^\d+\.\d ms, 95 of 100 within/)
    expect(worst(hops)).to.equal('ok')
  })

  it('an unknown site, this site itself, and what is no site', async () => {
    const hops = await to(west, 'nort')

    expect(hop(hops, 'roster')).to.include({ outcome: 'failed', level: 'error', found: 'nort.study.example is not on the roster', mend: 'did you mean north.study.example?' })
    expect(such(hops, 'failed')).to.deep.equal(['roster', 'link'])
    expect(wayOn(hops)?.check).to.equal('roster')
    await expect(to(west, 'west')).to.eventually.be.rejectedWith(/^--peer must be another site/)
    await expect(to(west, 'a b')).to.eventually.be.rejectedWith(/^site must be a site id such as north\.study\.example/)
  })

  it('as a command: one JSON value or lines for people, ends by severity', async () => {
    const doctor = async (args: string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof beam> => beam(['doctor', '--peer', ...args, '--dir', west.dir], { env })
    // the daemon knows nothing of a proxy that this shell has
    const [wrong, well, unlike, empty] = await Promise.all([doctor(['nort', '--json']), doctor(['hub']), doctor(['hub', '--json'], { HTTPS_PROXY: 'http://user:secret@127.0.0.1:1' }), doctor([' '])])

    expect(wrong).to.include({ code: 13, stderr: '' })
    expect(wrong.json()).to.deep.include({ dir: west.dir, running: true, from: 'west.study.example', peer: 'nort.study.example', level: 'error', first: 'roster', mend: 'did you mean north.study.example?' })
    expect(wrong.json().hops[0]).to.have.all.keys('check', 'outcome', 'level', 'found', 'mend')

    expect(well.code, well.stdout).to.equal(0)
    expect(well.stdout).to.match(/^the way from west\.study\.example to hub\.study\.example\n\nok {7}roster {14}hub/).and.to.match(/\nall the way\n$/)
    expect(well.stderr).to.include('membership session …')

    expect(unlike.json().record.addresses[0]).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\//)
    expect(unlike.json().hops[3].found).to.include('but the daemon connects without a proxy, this command through http://127.0.0.1:1')
    expect(unlike.stdout).to.not.include('secret')
    expect(empty).to.include({ code: 2 })
  })

  it('offline: the relay has no reservation of it; what waits, since when, and who keeps it', async () => {
    await south.stop()
    const { key } = await north.operator.addApp({ name: 'ask' })
    await until(async () => (await north.operator.peers()).some(({ site }) => site === SOUTH) ? undefined : true)
    const posted = await fetch(`${north.facts.api}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `ApiKey ask.north.study.example ${key}` },
      body: JSON.stringify({ id: crypto.randomUUID(), from: 'ask.north.study.example', to: ['app.south.study.example'], body: 'x', ttl: '1h', failure_strategy: 'discard', metadata: null })
    })
    expect(posted.status).to.equal(201)
    await until(async () => (await north.operator.outbox({})).some(({ mailed }) => mailed != null) ? true : undefined)
    const hops = await to(north, 'south')

    expect(such(hops, 'failed')).to.deep.equal(['reservation', 'link'])
    expect(hop(hops, 'relay').found).to.equal(`${HUB} is reached`)
    expect(hop(hops, 'reservation').found).to.equal(`${HUB}: the relay refused: no reservation`)
    expect(hop(hops, 'link')).to.include({ level: 'error', found: 'there is none: reservation failed' })
    expect(hop(hops, 'outbox').found).to.match(/^1 waiting, 0\.0 MiB; the oldest \(task .+\) for \d+ s: no link since 20/)
    expect(hop(hops, 'mailboxes').found).to.equal(`${HUB} keeps mail for it; of this site lie there: 1 at ${HUB}`)
    expect(wayOn(hops)?.mend).to.match(/^south\.study\.example is not connected to its relays: it is off, or cannot get out/)
  })

  it('a link that is not there is made by the walk, when nothing is in the way', async () => {
    await south.start()
    await until(async () => (await west.operator.peer({ site: 'south' })).relays.length > 0 ? true : undefined)
    const hops = await to(west, 'south')

    expect(such(hops, 'failed')).to.deep.equal([])
    expect(hop(hops, 'link').outcome).to.equal('ok')
  })

  it('a site that was revoked: here by the roster, there by the other one that refuses it', async () => {
    await hub.operator.revoke({ site: 'south', reason: 'laptop was stolen' })
    await until(async () => (await south.operator.status()).admission.standing === 'revoked' ? true : undefined)

    expect(hop(await to(hub, 'south'), 'roster').found).to.equal(`${SOUTH} was revoked: laptop was stolen`)
    await until(async () => (await south.operator.peers()).length === 0 ? true : undefined)
    const hops = await to(south, 'hub')
    expect(such(hops, 'failed')).to.deep.equal(['membership session', 'link'])
    expect(hop(hops, 'identity').found).to.match(/^12D3\w+ answers at \/ip4\/127\.0\.0\.1\/tcp\//)
    expect(hop(hops, 'membership session')).to.include({ level: 'error', found: `${HUB} refuses this site: ${SOUTH} was revoked: laptop was stolen` })
  })

  it('nobody listens any more; then somebody else does', async () => {
    const port = Number(/\/tcp\/(\d+)/.exec(hub.facts.addresses[0])?.[1])
    await hub.stop()
    await until(async () => (await north.operator.peers()).some(({ site }) => site === HUB) ? undefined : true)
    const gone = await to(north, 'hub')
    expect(such(gone, 'failed')).to.deep.equal(['connection', 'link'])
    expect(hop(gone, 'connection').found).to.match(new RegExp(`^127\\.0\\.0\\.1:${port} .*ECONNREFUSED`))
    expect(wayOn(gone)?.mend).to.match(/^the machine is there and nothing listens/)

    const other = createServer(socket => { socket.on('error', () => { socket.destroy() }).end('SSH-2.0-other\r\n') }).listen(port, '127.0.0.1')
    await once(other, 'listening')
    const wrong = await to(north, 'hub')
    other.close()
    expect(such(wrong, 'failed')).to.deep.equal(['identity', 'link'])
    expect(hop(wrong, 'identity').found).to.match(/^somebody takes connections there, and the handshake with 12D3\w+ failed: /)
  })

  it('without its daemon it says what it cannot know', async () => {
    await west.stop()
    const hops = await to(west, 'north')

    expect(such(hops, 'ok')).to.deep.equal(['roster', 'site record', 'names', 'connection', 'outbox', 'mailboxes'])
    expect(hop(hops, 'identity').found).to.equal('not known: only the daemon can prove who it is, and it does not run')
    expect(hop(hops, 'link').found).to.equal('not known: the daemon does not run, so there is none')
    expect(worst(hops)).to.equal('ok')
  })
})

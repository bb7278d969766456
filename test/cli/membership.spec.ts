import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { controlClient } from '../../src/control/client.ts'
import { withStore } from '../../src/control/with-store.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { forgedRenewal } from '../membership/forged.ts'
import { beam, startDaemon, until, useTemporaryDirectory } from './support.ts'
import type { Daemon, Ran } from './support.ts'
import type { MemberView, Operator, StatusView } from '../../src/control/index.ts'
import type { RosterHead } from '../../src/membership/index.ts'

const LOOPBACK = ['--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0', '--network-reachable', 'yes']
const SITES = ['hub', 'north', 'south']

describe('cli: a membership that lives, with real daemons', function () {
  this.timeout(60_000)

  const path = useTemporaryDirectory()
  const running = new Map<string, Daemon>()

  const on = async (site: string, ...args: string[]): Promise<Ran> => beam([...args, '--dir', path(site)])
  const operator = (site: string): Operator => controlClient(path(site))
  const start = async (site: string): Promise<void> => { running.set(site, await startDaemon(path(site))) }
  const kill = async (site: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    running.get(site)?.child.kill(signal)
    await running.get(site)?.ended
    running.delete(site)
  }
  const ticketFor = async (site: string, approve: boolean = true): Promise<string> => (await operator('hub').invite({ site, capabilities: ['*'], approve })).ticket
  const waiting = async (site: string): Promise<string> => until(async () =>
    (await operator('hub').listInvites()).find(invite => invite.site === `${site}.study` && invite.state === 'waiting')?.fingerprint)

  /** All that run say so */
  const all = async (is: (status: StatusView, site: string) => boolean): Promise<void> => {
    await Promise.all([...running.keys()].map(async site => until(async () => is(await operator(site).status(), site) ? true : undefined)))
  }

  before(async () => {
    await beam(['init', '--network', 'study', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('r.key'), ...LOOPBACK])
    await start('hub')
  })

  after(async () => {
    running.forEach(({ child }) => { child.kill('SIGKILL') })
    await Promise.all([...running.values()].map(async ({ ended }) => ended))
  })

  it('invite --approve: a join waits until an operator has compared fingerprints; refused, it leaves nothing', async () => {
    const printed = await on('hub', 'invite', '--site', 'north', '--approve', '--capability', '*')
    expect(printed.stderr).to.include('invites approve')
    const tickets = { north: printed.stdout.trim(), south: await ticketFor('south'), east: await ticketFor('east') }
    const joins = Object.entries(tickets).map(async ([site, ticket]) => on(site, 'join', ticket, ...LOOPBACK))
    const [fingerprint] = await Promise.all(Object.keys(tickets).map(waiting))

    const listed = await on('hub', 'invites', 'list')
    expect(listed.stdout).to.match(new RegExp(`^[0-9a-f]{12} +north\\.study +waiting .*${fingerprint}$`, 'm'))
    expect((await operator('hub').members()).map(({ site }) => site)).to.deep.equal(['hub.study'])

    const approved = await on('hub', 'invites', 'approve', 'north')
    expect(approved).to.include({ code: 0 })
    expect(approved.stdout).to.include(fingerprint)
    await operator('hub').decideInvite({ invite: 'south.study', decision: 'approve' })
    expect((await on('hub', 'invites', 'refuse', 'east')).code).to.equal(0)

    const [north, south, east] = await Promise.all(joins)
    expect([north.code, south.code], north.stderr).to.deep.equal([0, 0])
    expect(north.stderr).to.include(`the fingerprint of this site is ${fingerprint}`).and.match(/waiting for approval/)
    expect(east).to.include({ code: 4, stdout: '' })
    expect(east.stderr).to.include('an operator of the inviting site refused')
    expect(existsSync(path('east'))).to.equal(false)
  })

  it('invites cancel: by site or by the beginning of the id; the ticket is of no use', async () => {
    const ticket = await ticketFor('west', false)
    const { id } = (await on('hub', 'invites', 'list', '--json')).json()[0]
    const cancelled = await on('hub', 'invites', 'cancel', id.slice(0, 12), '--json')

    expect(cancelled.json()).to.include({ id, site: 'west.study', state: 'cancelled' })
    const west = await on('west', 'join', ticket, '--json')
    expect(west).to.include({ code: 4, stdout: '' })
    expect(west.error().message).to.include('cancelled')
    expect(existsSync(path('west'))).to.equal(false)
    expect(await on('hub', 'invites', 'approve', 'west')).to.include({ code: 7 })
  })

  it('renew: for a year from now, everywhere; only where the authority key is', async () => {
    await Promise.all([start('north'), start('south')])
    await all(({ peers }) => peers.up.length === 2)
    const renewed = (await on('hub', 'renew', 'north', '--json')).json()

    expect(renewed.until).to.be.within(Date.now() + 364 * 86_400_000, Date.now() + 366 * 86_400_000)
    await all(({ roster }) => roster.seq === renewed.roster.seq)
    expect((await operator('north').status()).admission).to.deep.equal({ standing: 'member', until: renewed.until })
    expect(await on('north', 'renew', 'south')).to.include({ code: 4, stdout: '' })
    expect(await on('hub', 'renew', 'nobody')).to.include({ code: 7, stdout: '' })
  })

  it('roster export and verify: without a daemon, and a changed file is named', async () => {
    const file = path('roster.txt')
    expect((await on('north', 'roster', 'export', file)).code).to.equal(0)
    const good = await beam(['roster', 'verify', file, '--json'])
    expect(good.json()).to.include({ network: 'study', entries: 5 }).and.have.property('members').that.has.lengthOf(3)

    const lines = (await readFile(file, 'utf8')).split('\n')
    const bytes = Buffer.from(lines[4], 'base64')
    bytes[bytes.length - 1] ^= 1
    await writeFile(path('bad.txt'), lines.with(4, bytes.toString('base64')).join('\n'))
    const bad = await beam(['roster', 'verify', path('bad.txt'), '--json'])
    expect(bad).to.include({ code: 2, stdout: '' })
    expect(bad.error().message).to.equal('roster file entry 3 is not signed by the authority of its time')
  })

  it('roster rotate-authority: members follow the new key', async () => {
    const rotated = (await on('hub', 'roster', 'rotate-authority', '--json')).json()
    await all(({ roster }) => roster.seq === rotated.roster.seq)
    const { roster } = await operator('hub').renew({ site: 'south' })
    await all(({ roster: { seq, hash } }) => seq === roster.seq && hash === roster.hash)
    await on('north', 'roster', 'export', path('rotated.txt'))
    expect((await beam(['roster', 'verify', path('rotated.txt'), '--json'])).json()).to.include({ authority: rotated.authority, rotations: 1 })
  })

  it('two histories: an alarm at every site, in status, log and metrics, and no change of membership', async () => {
    await kill('south')
    await southTakes(await operator('hub').status())
    await operator('hub').renew({ site: 'north' })
    await start('south')
    await all(({ forked }) => forked)

    for (const site of SITES) {
      const { facts, log } = running.get(site) ?? expect.fail(`${site} does not run`)
      expect(await (await fetch(`${facts.api}/metrics`)).text(), site).to.match(/^beam_roster_forked 1$/m)
      expect(log(), site).to.include('two different entries of the roster are validly signed for one place')
    }

    expect((await on('north', 'status')).stdout).to.match(/^ALARM +the authority signed two different entries/m)
    expect(await on('hub', 'renew', 'north')).to.include({ code: 4, stdout: '' })
    // members go on
    await all(({ peers, ready }) => peers.up.length === 2 && ready)
  })

  it('roster recover: at another member, when the authority\'s machine is lost; all go on with the new authority', async () => {
    await kill('hub', 'SIGKILL')
    const late = await on('north', 'roster', 'recover', '--recovery-key', path('r.key'), '--ancestor', String((await operator('north').status()).roster.seq), '--json')
    expect(late).to.include({ code: 2, stdout: '' })
    expect(late.error().message).to.match(/ancestor must be at most \d+, the last entry before/)

    const recovered = await on('north', 'roster', 'recover', '--recovery-key', path('r.key'))
    expect(recovered, recovered.stderr).to.include({ code: 0 })
    expect(recovered.stderr).to.include('restart the daemon')
    await all(({ forked }) => !forked)
    expect((await on('north', 'status')).stdout).to.match(/^warning +this site was given the authority key/m)

    await kill('north')
    await start('north')
    await all(({ peers }) => peers.up.length === 1)
    const { roster } = await operator('north').renew({ site: 'south' })
    await all(({ roster: { hash } }) => hash === roster.hash)
    expect((await on('north', 'id')).stdout).to.match(/^authority +yes/m)

    // an export of a log with a rotation and a recovery holds by itself
    await on('south', 'roster', 'export', path('recovered.txt'))
    const report = await beam(['roster', 'verify', path('recovered.txt'), '--json'])
    expect(report.code, report.stderr).to.equal(0)
    expect(report.json()).to.include({ network: 'study', rotations: 2 }).and.have.nested.property('head.hash', roster.hash)

    const file = path('audit.jsonl')
    await on('north', 'audit', 'export', file)
    const decisions = (await readFile(file, 'utf8')).split('\n').filter(line => line.includes('\\"kind\\":\\"decision\\"'))
    expect(decisions.map(line => /roster-(forked|recovered)/.exec(line)?.[0])).to.include.members(['roster-forked', 'roster-recovered'])
  })

  it('members: who admitted whom, until when; who revoked whom, when and why', async () => {
    await start('hub')
    await all(({ peers }) => peers.up.length === 2)
    const { ticket } = await operator('north').invite({ site: 'west', capabilities: ['*'] })
    expect(await on('west', 'join', ticket, ...LOOPBACK)).to.include({ code: 0 })
    const { roster } = await operator('north').revoke({ site: 'west', reason: 'lost' })
    await all(({ roster: { hash } }) => hash === roster.hash)

    const members = (await on('south', 'members', '--json')).json()
    const west = members.find(({ site }: MemberView) => site === 'west.study')
    expect(members.map(({ site, admittedBy, notAfter }: MemberView) => [site, admittedBy.site, notAfter > Date.now()])).to.have.deep.members([
      ['hub.study', 'hub.study', true], ['north.study', 'hub.study', true], ['south.study', 'hub.study', true], ['west.study', 'north.study', true]
    ])
    expect(west.admittedAt).to.be.closeTo(Date.now(), 60_000)
    expect(west.revokedBy).to.deep.equal({ ...west.admittedBy, entry: west.admittedBy.entry + 1 })
    expect(west.revokedBy.key).to.not.equal(members[0].admittedBy.key)
    const table = (await on('south', 'members')).stdout
    expect(table).to.match(/^north\.study +member +- +\d{4}-\S+ +\d{4}-\S+ by hub\.study, entry \d+ +\*$/m)
    expect(table).to.match(/^west\.study +revoked: lost, \d{4}-\S+ by north\.study, entry \d+ +- +- +\d{4}-\S+ by north\.study, entry \d+ +\*$/m)
  })

  it('the old authority comes back: it follows, says that it is none any more, and signs nothing', async () => {
    await all(({ forked, peers }) => !forked && peers.up.length === 2)
    const status = await on('hub', 'status')

    expect(status.stdout).to.match(/^warning +the authority key of this daemon was replaced/m)
    expect((await on('hub', 'id', '--json')).json().authority).to.equal(false)
    const refused = await on('hub', 'renew', 'south', '--json')
    expect(refused).to.include({ code: 4, stdout: '' })
    expect(refused.error().message).to.include('was replaced by another one')
  })

  /** At rest, it is shown what a copy of the authority's disk signed */
  async function southTakes ({ roster }: StatusView): Promise<void> {
    const head: RosterHead = { seq: roster.seq, hash: new Uint8Array(Buffer.from(roster.hash, 'hex')) }
    const forged = await forgedRenewal(path('hub'), head, 'south.study', systemClock.now())

    await withStore(path('south'), async store => {
      const south = await loadMembership({ dir: path('south'), store, clock: systemClock, random: systemRandom, log: silentLog })
      expect(await south.roster.accept([forged.raw])).to.deep.equal({ kind: 'accepted', added: 1 })
    })
  }
})

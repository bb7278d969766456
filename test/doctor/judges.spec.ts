import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { admission } from '../../src/doctor/checks/admission.ts'
import { clock } from '../../src/doctor/checks/clock.ts'
import { daemon } from '../../src/doctor/checks/daemon.ts'
import { fsync, judge as judgeFsync } from '../../src/doctor/checks/fsync.ts'
import { nodeVersion } from '../../src/doctor/checks/node-version.ts'
import { peers } from '../../src/doctor/checks/peers.ts'
import { recipients } from '../../src/doctor/checks/recipients.ts'
import { relays } from '../../src/doctor/checks/relays.ts'
import { roster } from '../../src/doctor/checks/roster.ts'
import { hostPort } from '../../src/doctor/host-port.ts'
import type { Letter, Patient, RunningFacts, SiteFacts } from '../../src/doctor/index.ts'
import type { RelayedView, RelayTrouble } from '../../src/network/index.ts'
import type { AddressInfo } from 'node:net'

const NOW = 1_700_000_000_000
const DAY = 86_400_000
const FACTS: SiteFacts = { self: 's1.net', standing: 'member', until: NOW + 300 * DAY, roster: { seq: 9, forked: false }, members: [], waiting: [] }
const LETTER: Letter = { seq: 1, site: 's2.net', kind: 'task', task: { creator: 's1.net', id: 't' }, state: 'queued', since: NOW - 1_000, expires: NOW + DAY, size: 1, note: 'no link' }
const RUNNING: RunningFacts = { pid: 1, api: 'http://127.0.0.1:8081', version: '0', reasons: [], clockAlarms: [], links: [] }

function patient (facts: Partial<SiteFacts>, running?: Partial<RunningFacts>): Patient {
  return {
    node: { version: '24.0.0', needed: '22.19', fits: true },
    dir: '/nowhere',
    files: layout('/nowhere'),
    clock: { now: () => NOW, monotonic: () => 0 },
    facts: { ...FACTS, ...facts },
    ...(running == null ? {} : { running: { ...RUNNING, ...running } })
  }
}

describe('doctor: what is an error and what is none', () => {
  it('Node', async () => {
    expect((await nodeVersion.run(patient({})))[0].level).to.equal('ok')
    expect((await nodeVersion.run({ ...patient({}), node: { version: '20.11.1', needed: '22.19', fits: false } }))[0]).to.deep.include({ level: 'error', found: '20.11.1, needed is 22.19 or newer' })
  })

  it('fsync', () => {
    expect([[2, 3, 4], [12, 13, 14], [60, 80, 900], [0.001, 0.002, 0.003]].map(times => judgeFsync(times)[0].level)).to.deep.equal(['ok', 'notice', 'warning', 'notice'])
  })

  it('fsync: a disk that takes its time, as the writes of a real file tell', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'beam-fsync-'))
    let time = 0

    try {
      // each write seems to take 80 ms
      const [slow] = await fsync.run({ ...patient({}), dir, clock: { now: () => NOW, monotonic: () => { time += 80; return time } } })
      expect(slow).to.have.property('level', 'warning')
      expect(slow.found).to.equal('80.00 ms for 4 KiB (median of 15, longest 80.00 ms)')
      expect(slow.mend).to.match(/^put the data directory on a faster disk/)
      expect(await readdir(dir)).to.deep.equal([])
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('relays: full and down, one of two, none that could', async () => {
    const trouble = (relay: string, kind: RelayTrouble['kind']): RelayTrouble => ({ relay, kind, message: kind, at: NOW, again: NOW, failures: 1 })
    const view: RelayedView = { needed: true, wanted: 2, held: [], candidates: ['s2.net', 's3.net'], linked: ['s2.net', 's3.net'], troubles: [] }
    const held = (relay: string): RelayedView['held'][number] => ({ relay, peer: '', addresses: [], since: NOW, renewed: NOW })
    const member = { site: 's2.net', standing: 'member', addresses: [] }
    const levels = async (more: Partial<RelayedView>, facts: Partial<SiteFacts> = {}): Promise<string> =>
      (await relays.run(patient({ members: [member], ...facts }, { relays: { ...view, ...more } }))).map(({ level, found }) => `${level}: ${found.split(' (')[0]}`).join('; ')

    expect(await levels({ held: [held('s2.net'), held('s3.net')] })).to.equal('ok: reached through s2.net and s3.net')
    expect(await levels({})).to.equal('notice: no reservation yet; s2.net, s3.net could relay')
    expect(await levels({ troubles: [trouble('s2.net', 'full'), trouble('s3.net', 'failed')] })).to.equal('error: s2.net has no room for a reservation; error: s3.net gave no reservation')
    expect(await levels({ held: [held('s2.net')], troubles: [trouble('s3.net', 'full')] })).to.equal('ok: reached through s2.net alone; warning: s3.net has no room for a reservation')
    expect(await levels({ held: [held('s2.net')], troubles: [trouble('s3.net', 'no relay')] })).to.equal('ok: reached through s2.net alone')
    expect(await levels({ troubles: [trouble('s2.net', 'full'), trouble('s3.net', 'no relay')] })).to.equal('error: s2.net has no room for a reservation; notice: s3.net does not relay')
    expect(await levels({ linked: [] })).to.equal('error: all relays are down, or out of reach: none of 2 members that could relay has a link')
    expect(await levels({ candidates: [], linked: [] })).to.match(/^notice: nobody could relay so far/)
    expect(await levels({ candidates: [], linked: [] }, { letters: [LETTER] })).to.match(/^error: nobody could relay so far/)
    expect(await levels({ needed: false })).to.match(/^ok: none needed/)
    expect(await levels({ linked: [] }, { members: [] })).to.equal('ok: no other member yet')
    expect((await relays.run(patient({}, {})))[0].found).to.include('older version')
  })

  it('recipients: kept by others, many of them, refusals of yesterday, without the daemon', async () => {
    const members = Array.from({ length: 12 }, (_, at) => ({ site: `s${at + 2}.net`, standing: 'member', addresses: [] }))
    const kept = await recipients.run(patient({ members, letters: [{ ...LETTER, mailed: ['s5.net'] }] }, {}))
    expect(kept.map(({ level, found }) => `${level}: ${found}`)).to.deep.equal(['notice: 1 envelope waits for s2.net, which is offline or out of reach (no link); 1 kept for it by s5.net'])
    const many = await recipients.run(patient({ members, letters: members.map(({ site }) => ({ ...LETTER, site })) }, {}))
    expect(many).to.have.lengthOf(9)
    expect(many[8].found).to.equal('something waits for 4 more sites')
    expect((await recipients.run(patient({ refused: [{ task: 't', to: 'app.s2.net', reason: 'not-allowed', since: NOW - 2 * DAY }], letters: [] }, {})))[0]).to.have.property('level', 'ok')
    const more = await recipients.run(patient({ members, letters: [LETTER], waiting: [{ site: 's2.net', count: 4_711, bytes: 1 }] }))
    expect(more[0].found).to.equal('4711 envelopes wait for s2.net; nothing goes out while the daemon is down')
    expect((await recipients.run(patient({ members, letters: [LETTER] })))[0]).to.deep.include({ level: 'notice', found: '1 envelope waits for s2.net; nothing goes out while the daemon is down' })
    expect((await recipients.run(patient({ letters: [LETTER] })))[0].found).to.include('which is no member now (unknown)')
  })

  it('admission: ends soon, ended, revoked with the reason', async () => {
    expect((await admission.run(patient({})))[0]).to.deep.equal({ level: 'ok', found: 's1.net is a member for 300 more days' })
    expect((await admission.run(patient({ until: NOW + 3 * DAY })))[0]).to.have.property('level', 'warning')
    expect((await admission.run(patient({ standing: 'revoked', reason: 'laptop was stolen' })))[0]).to.deep.include({ level: 'error', found: 'the roster says of s1.net: revoked, because: laptop was stolen' })
    expect((await admission.run(patient({ standing: 'expired' })))[0]).to.have.property('mend').that.includes('beam-node renew s1.net')
    expect((await admission.run(patient({ standing: 'revoked' })))[0]).to.have.property('mend').that.includes('new ticket')
    expect((await admission.run({ ...patient({}), facts: undefined, factsError: { code: 'REFUSED', message: 'not on the roster any more' } }))[0]).to.deep.include({ level: 'error', found: 'not on the roster any more' })
  })

  it('roster: forked, halted', async () => {
    expect((await roster.run(patient({})))[0].level).to.equal('ok')
    expect((await roster.run(patient({ roster: { seq: 9, forked: true } })))[0]).to.have.property('level', 'error')
    expect((await roster.run(patient({ roster: { seq: 9, forked: false, halted: 'entry 10 is of a new kind' } })))[0]).to.deep.include({ level: 'error', found: 'not followed beyond entry 9: entry 10 is of a new kind' })
  })

  it('clock against the other sites', async () => {
    const link = (clockOffset: number): RunningFacts['links'][number] => ({ site: 's2.net', clockOffset, path: 'direct' })

    expect((await clock.run(patient({}, { links: [link(-1_500), link(200)] })))[0]).to.deep.equal({ level: 'ok', found: 'within 1.5 s of 2 other sites, 300 s are tolerated' })
    expect((await clock.run(patient({}, { links: [link(-100_000)] })))[0]).to.have.property('level', 'warning')
    expect((await clock.run(patient({}, { clockAlarms: ['the clock of s2.net is 900 s ahead of this one'] })))[0]).to.deep.include({ level: 'error', found: 'the clock of s2.net is 900 s ahead of this one' })
    expect((await clock.run(patient({}, {})))[0]).to.have.property('level', 'notice')
  })

  it('the daemon in its own words; one that does not answer', async () => {
    expect((await daemon.run(patient({}, { reasons: ['there is no space left'] })))[0]).to.deep.include({ level: 'error', found: 'takes no work: there is no space left' })
    expect((await daemon.run({ ...patient({}), silent: 'the daemon does not answer' }))[0]).to.have.property('level', 'error')
    expect((await daemon.run(patient({})))[0]).to.have.property('level', 'notice')
  })

  it('other sites: with a link, at their address, nowhere, without one', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const member = (site: string, ...addresses: string[]): SiteFacts['members'][number] => ({ site, standing: 'member', addresses })
    const findings = await peers.run(patient({
      members: [member('s2.net', '/ip4/127.0.0.1/tcp/1'), member('s3.net', `/ip4/127.0.0.1/tcp/${port}`), member('s4.net', '/ip4/127.0.0.1/tcp/1'), member('s5.net'), { ...member('s6.net', '/ip4/127.0.0.1/tcp/1'), standing: 'revoked' }]
    }, { links: [{ site: 's2.net', clockOffset: 0, path: 'direct' }] }))
    server.close()

    expect(findings.map(({ level, found }) => `${level}: ${found}`)).to.deep.equal([
      'ok: 1 of 4 have a link now',
      `ok: s3.net accepts connections at 127.0.0.1:${port}`,
      'warning: s4.net cannot be reached: 127.0.0.1:1 ECONNREFUSED',
      'notice: s5.net has no link now and no address of its own: it dials out, or is reached through a relay'
    ])
  })

  it('reads host and port of an address', () => {
    expect(hostPort('/dns4/site.example.org/tcp/443/wss')).to.deep.equal({ host: 'site.example.org', port: 443 })
    expect(hostPort('/ip6/::1/tcp/8091/p2p/12D3')).to.deep.equal({ host: '::1', port: 8091 })
    expect(hostPort('/ip4/192.0.2.1/tcp/8091/p2p/12D3/p2p-circuit').port).to.equal(0)
    expect(hostPort('/memory/x').port).to.equal(0)
  })
})

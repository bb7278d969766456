import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { admission } from '../../src/doctor/checks/admission.ts'
import { clock } from '../../src/doctor/checks/clock.ts'
import { daemon } from '../../src/doctor/checks/daemon.ts'
import { judge as judgeFsync } from '../../src/doctor/checks/fsync.ts'
import { nodeVersion } from '../../src/doctor/checks/node-version.ts'
import { peers } from '../../src/doctor/checks/peers.ts'
import { roster } from '../../src/doctor/checks/roster.ts'
import { hostPort } from '../../src/doctor/host-port.ts'
import type { Patient, RunningFacts, SiteFacts } from '../../src/doctor/index.ts'
import type { AddressInfo } from 'node:net'

const NOW = 1_700_000_000_000
const DAY = 86_400_000
const FACTS: SiteFacts = { self: 's1.net', standing: 'member', until: NOW + 300 * DAY, roster: { seq: 9, forked: false }, members: [], waiting: [] }
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

  it('admission: ends soon, ended, revoked with the reason', async () => {
    expect((await admission.run(patient({})))[0]).to.deep.equal({ level: 'ok', found: 's1.net is a member for 300 more days' })
    expect((await admission.run(patient({ until: NOW + 3 * DAY })))[0]).to.have.property('level', 'warning')
    expect((await admission.run(patient({ standing: 'revoked', reason: 'laptop was stolen' })))[0]).to.deep.include({ level: 'error', found: 'the roster says of s1.net: revoked, because: laptop was stolen' })
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

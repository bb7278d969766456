import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { parse, stringify } from 'yaml'
import { systemClock } from '../../src/core/clock.ts'
import { relays } from '../../src/doctor/checks/relays.ts'
import { examine } from '../../src/doctor/examine.ts'
import { cleanEnv } from '../cli/support.ts'
import { authority } from '../network/helpers/forward-proxy.ts'
import { describeLab, only443, open, proxyOnly, silent, tinyproxy, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { BreakingOptions } from './scripts/breaking-proxy.ts'
import type { Finding } from '../../src/doctor/index.ts'
import type { Hop } from '../../src/doctor/walk/index.ts'
import type { Authority } from '../network/helpers/forward-proxy.ts'

const BREAKING = fileURLToPath(new URL('./scripts/breaking-proxy.ts', import.meta.url))
const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/**
 * ```
 *  hospital ─ tinyproxy ─ proxy-only ─┐             ┌─ relay: open, ws on 443
 *                                     ├─ internet ──┤
 *  nameless ─ only 443, DNS silent ───┘             └─ second: open, wss on 443, tcp on 8091
 *             (says that it can be reached)
 * ```
 */
describeLab('doctor behind real firewalls: what is in the way of connections, by name', function () {
  this.timeout(120_000)

  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      second: { firewall: open() },
      hospital: { firewall: proxyOnly(), proxy: tinyproxy({ credentials: { user: 'hospital', password: 'sesame' } }) },
      nameless: { firewall: only443(), dns: silent() }
    }
  })
  let root: Authority
  let hub: LabDaemon
  let other: LabDaemon
  let hospital: LabDaemon
  let nameless: LabDaemon

  const run = async (site: LabDaemon, args: string[], env: NodeJS.ProcessEnv = {}): Promise<any> =>
    JSON.parse((await site.host.run(process.execPath, [BIN, 'doctor', '--json', ...args, '--dir', site.dir], { env: { ...cleanEnv(), ...env } })).stdout)

  const walk = async (from: LabDaemon, to: string): Promise<Map<string, Hop>> => {
    const { hops } = await run(from, ['--peer', to])

    return new Map((hops as Hop[]).map(hop => [hop.check, hop]))
  }

  /** For the commands that follow: the daemon goes on as it was started */
  const setProxy = async ({ dir }: LabDaemon, proxy: string): Promise<void> => {
    const file = join(dir, 'config.yaml')
    const config = parse(await readFile(file, 'utf8'))
    await writeFile(file, stringify({ ...config, network: { ...config.network, proxy } }), { mode: 0o600 })
  }

  const doctor = async (site: LabDaemon, proxy?: string, env: NodeJS.ProcessEnv = {}): Promise<Finding[]> => {
    if (proxy != null) {
      await setProxy(site, proxy)
    }

    return (await run(site, [], env)).findings.filter((finding: Finding) => finding.check === 'way out')
  }

  before(async () => {
    const { relay, second, hospital: hospitalHost, nameless: namelessHost } = net().hosts
    root = await authority('Study Root')
    const { files: tls } = await root.issue('second.example')
    hub = await relay.daemon({ network: 'study.example', config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/ws'], 'network.announce': [`/ip4/${relay.address}/tcp/443/ws`, '/dns4/relay.example/tcp/443/ws'] } })
    other = await second.daemon({ invitedBy: hub, config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/wss', '/ip4/0.0.0.0/tcp/8091'], 'network.tls': tls, 'network.announce': ['/dns4/second.example/tcp/443/wss', '/dns4/second.example/tcp/8091'] } })
    hospital = await hospitalHost.daemon({ invitedBy: hub, config: { 'network.proxy': hospitalHost.proxy?.url, 'network.ca': root.file } })
    nameless = await namelessHost.daemon({ invitedBy: hub, config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/ws'], 'network.announce': [`/ip4/${namelessHost.address}/tcp/443/ws`] } })
  })

  after(async () => { await root?.remove() })

  it('all is well but for a port that the proxy does not allow', async () => {
    const findings = await doctor(hospital)
    expect(findings[0]).to.include({ level: 'ok' }).and.have.property('found').that.matches(/^3 of [45] addresses .* through the proxy/)
    expect(findings[1]).to.include({ level: 'warning' }).and.have.property('found').that.matches(/refuses CONNECT to second\.example:8091 \(403/)
  })

  it('--peer: through the proxy to a site that is there, and who is there is that site', async () => {
    const hops = await walk(hospital, 'second')
    expect(hops.get('names')).to.include({ outcome: 'ok', found: 'the proxy looks them up' })
    expect(hops.get('connection')?.found).to.match(/second\.example:443 takes connections, through the proxy/).and.match(/refuses CONNECT to second\.example:8091/).and.not.include('sesame')
    expect(hops.get('link')).to.include({ outcome: 'ok' }).and.have.property('found').that.matches(/^direct, dialled from here/)
    expect([...hops.values()].filter(({ outcome }) => outcome === 'failed')).to.deep.equal([])
  })

  it('--peer: a site that says it can be reached, behind a firewall that lets nothing in', async () => {
    const [there, relayed, none] = await Promise.all([hub, hospital, other].map(async from => walk(from, 'nameless')))
    const where = `${net().hosts.nameless.address}:443`
    // it dials: then a word is enough
    expect(there.get('link')?.found).to.match(/^direct, dialled by that site/)
    expect(there.get('connection')).to.include({ outcome: 'failed', level: 'notice', found: `${where} did not answer within 5 s` })
    expect(there.get('connection')?.mend).to.match(/a firewall there may let nothing in \(then it needs relays\)/)
    expect(relayed.get('connection')).to.include({ outcome: 'failed', level: 'notice' }).and.have.property('found').that.matches(new RegExp(`^the proxy .*${where}`))
    expect(relayed.get('link')?.found).to.match(/^through (relay|second)\.study\.example, dialled by that site/)
    // its names are not known there: neither finds the other
    expect(none.get('connection')).to.include({ outcome: 'failed', level: 'warning' })
    expect(none.get('relay')).to.include({ outcome: 'skipped', found: 'it names none' })
    expect(none.get('link')).to.include({ outcome: 'failed', level: 'error', found: 'there is none: connection failed' })
    expect(await net().hosts.nameless.accepted()).to.equal(0)
  })

  it('a proxy breaks TLS open: its issuer by name; with network.ca all is well', async () => {
    const { proxy } = net().hosts.hospital
    const house = await authority('Hospital Inspection')

    try {
      const options: BreakingOptions = { port: 3_129, ...(await house.issue('second.example')).files }
      const breaking = proxy?.host.spawn(process.execPath, [BREAKING, JSON.stringify(options)])
      expect(await breaking?.line()).to.equal('listening')
      await setProxy(hospital, `http://${proxy?.host.address}:3129`)
      const [[unlike, ...findings], mended] = await Promise.all([doctor(hospital), doctor(hospital, undefined, { BEAM_NODE_NETWORK_CA: house.file })])

      expect(unlike.found).to.match(/^the daemon connects through/)
      expect(findings.find(({ found }) => found.includes('"Hospital Inspection"'))?.mend).to.match(/^a proxy or firewall breaks TLS open: .* network\.ca/)
      expect(findings.find(({ level }) => level === 'ok')?.found).to.match(/^2 of [45] addresses/)
      expect(mended.map(({ found }) => found).join()).to.not.include('Inspection').and.not.include('WebSocket')
      expect(mended.find(({ level }) => level === 'ok')?.found).to.match(/^3 of [45] addresses/)
    } finally {
      await house.remove()
    }
  })

  it('the proxy wants credentials', async () => {
    const address = `http://${net().hosts.hospital.proxy?.host.address}:3128`
    expect((await doctor(hospital, address)).map(({ found }) => found).join()).to.match(/wants credentials/)
  })

  it('nothing gets out; a proxy is needed, and this machine knows one', async () => {
    await setProxy(hospital, 'none')
    const [[unlike, blocked], findings] = await Promise.all([doctor(hospital), doctor(hospital, undefined, { http_proxy: 'http://someone:secret@proxy.hospital.example:3128' })])
    expect(unlike.found).to.match(/^the daemon connects through http/)
    expect(blocked).to.include({ level: 'error' })
    expect(blocked.found + blocked.mend).to.match(/nothing gets out.*network\.proxy/)

    const needed = findings.find(({ level }) => level === 'error')
    expect(needed?.found).to.include('http://someone:***@proxy.hospital.example:3128')
    expect(needed?.mend).to.match(/^set network\.proxy/)
  })

  it('DNS is broken', async () => {
    const [hops, findings] = await Promise.all([walk(nameless, 'second'), doctor(nameless)])
    expect(hops.get('names')).to.include({ outcome: 'failed' }).and.have.property('mend').that.matches(/resolv\.conf/)
    expect(findings.find(({ found }) => found.includes('DNS is broken'))).to.include({ level: 'error' })
    expect(findings[0]).to.have.property('level', 'ok')
  })

  it('all relays are down', async () => {
    await Promise.all([hub.kill('SIGKILL'), other.kill('SIGKILL')])
    const end = Date.now() + 20_000

    // what it held at them is looked through a moment after the links are gone
    for (let { linked, held } = await hospital.operator.relays(); linked.length + held.length > 0 && Date.now() < end; { linked, held } = await hospital.operator.relays()) {
      await sleep(100)
    }

    await setProxy(hospital, net().hosts.hospital.proxy?.url ?? '')
    const patient = await examine({ dir: hospital.dir, env: {}, clock: systemClock, node: { version: '', needed: '', fits: true } })
    const [found, hops] = await Promise.all([relays.run(patient), walk(hospital, 'second')])

    expect(found[0]).to.include({ level: 'error' }).and.have.property('found').that.matches(/^all relays are down, or out of reach: none of \d members that could relay has a link \(/)
    expect(hops.get('connection')).to.include({ outcome: 'failed', level: 'warning' }).and.have.property('found').that.matches(/^the proxy http.*second\.example:443/)
    expect(hops.get('link')).to.have.property('level', 'error')
  })
})

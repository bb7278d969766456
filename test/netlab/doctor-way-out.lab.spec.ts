import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'
import { parse, stringify } from 'yaml'
import { cleanEnv } from '../cli/support.ts'
import { describeLab, only443, open, proxyOnly, silent, tinyproxy, useLab } from './index.ts'
import type { LabDaemon } from './index.ts'
import type { Finding } from '../../src/doctor/index.ts'

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/**
 * ```
 *  hospital ─ tinyproxy ─ proxy-only ─┐             ┌─ relay: open, ws on 443
 *                                     ├─ internet ──┤
 *  nameless ─ only 443, DNS silent ───┘             └─ second: open, ws on 443 and 8091
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
  let hub: LabDaemon
  let hospital: LabDaemon
  let nameless: LabDaemon

  const doctor = async (site: LabDaemon, proxy?: string, env: NodeJS.ProcessEnv = {}): Promise<Finding[]> => {
    const file = join(site.dir, 'config.yaml')
    const config = parse(await readFile(file, 'utf8'))
    await writeFile(file, stringify({ ...config, network: { ...config.network, ...proxy == null ? {} : { proxy } } }), { mode: 0o600 })
    const { stdout } = await site.host.run(process.execPath, [BIN, 'doctor', '--json', '--dir', site.dir], { env: { ...cleanEnv(), ...env } })

    return (JSON.parse(stdout).findings as Finding[]).filter(({ check }) => check === 'way out')
  }

  before(async () => {
    const { relay, second, hospital: hospitalHost, nameless: namelessHost } = net().hosts
    hub = await relay.daemon({ network: 'study.example', config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/ws'], 'network.announce': [`/ip4/${relay.address}/tcp/443/ws`, '/dns4/relay.example/tcp/443/ws'] } })
    await second.daemon({ invitedBy: hub, config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/ws', '/ip4/0.0.0.0/tcp/8091'], 'network.announce': ['/dns4/second.example/tcp/443/ws', '/dns4/second.example/tcp/8091'] } })
    hospital = await hospitalHost.daemon({ invitedBy: hub, config: { 'network.proxy': hospitalHost.proxy?.url } })
    nameless = await namelessHost.daemon({ invitedBy: hub })
  })

  it('all is well but for a port that the proxy does not allow', async () => {
    const findings = await doctor(hospital)
    expect(findings[0]).to.include({ level: 'ok' }).and.have.property('found').that.matches(/^3 of 4 addresses .* through the proxy/)
    expect(findings[1]).to.include({ level: 'warning' }).and.have.property('found').that.matches(/refuses CONNECT to second\.example:8091 \(403/)
  })

  it('the proxy wants credentials', async () => {
    const address = `http://${net().hosts.hospital.proxy?.host.address}:3128`
    expect((await doctor(hospital, address)).map(({ found }) => found).join()).to.match(/wants credentials/)
  })

  it('nothing gets out', async () => {
    const [unlike, blocked] = await doctor(hospital, 'none')
    expect(unlike.found).to.match(/^the daemon connects through http/)
    expect(blocked).to.include({ level: 'error' })
    expect(blocked.found + blocked.mend).to.match(/nothing gets out.*network\.proxy/)
  })

  it('a proxy is needed, and this machine knows one', async () => {
    const findings = await doctor(hospital, 'none', { http_proxy: 'http://someone:secret@proxy.hospital.example:3128' })
    const needed = findings.find(({ level }) => level === 'error')
    expect(needed?.found).to.include('http://someone:***@proxy.hospital.example:3128')
    expect(needed?.mend).to.match(/^set network\.proxy/)
  })

  it('DNS is broken', async () => {
    const findings = await doctor(nameless)
    expect(findings.find(({ found }) => found.includes('DNS is broken'))).to.include({ level: 'error' })
    expect(findings[0]).to.have.property('level', 'ok')
  })
})

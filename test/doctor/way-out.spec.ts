import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect } from 'aegir/chai'
import { layout } from '../../src/config/layout.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { peers } from '../../src/doctor/checks/peers.ts'
import { judge, wayOut } from '../../src/doctor/checks/way-out.ts'
import { proxyHints } from '../../src/doctor/proxy-hints.ts'
import { authority, forwardProxy } from '../network/helpers/forward-proxy.ts'
import type { Finding, Patient } from '../../src/doctor/index.ts'
import type { Outcome } from '../../src/doctor/reach-out.ts'
import type { ForwardProxyInit } from '../network/helpers/forward-proxy.ts'
import type { AddressInfo, Server } from 'node:net'

type Found = Omit<Finding, 'check'>

describe('doctor: the way out', () => {
  let site: Server
  const ends: Array<() => Promise<unknown>> = []

  before(async () => {
    site = createServer((socket) => { socket.on('error', () => { socket.destroy() }) })
    await new Promise<void>(resolve => { site.listen(0, '127.0.0.1', resolve) })
  })
  after(() => { site.close() })
  afterEach(async () => { await Promise.all(ends.splice(0).map(async end => end())) })

  const patient = async (addresses: string[], env: NodeJS.ProcessEnv): Promise<Patient> => ({
    node: { version: '24.0.0', needed: '22.19', fits: true },
    dir: '/nowhere',
    files: layout('/nowhere'),
    clock: systemClock,
    loaded: await loadConfig({ dir: '/nowhere', env }),
    facts: { self: 's.net', standing: 'member', roster: { seq: 1, forked: false }, waiting: [], members: addresses.map((address, index) => ({ site: `s${index}.net`, standing: 'member', addresses: [address] })) }
  })

  /** Through a proxy that knows site.example:443 */
  const through = async (init: ForwardProxyInit, { address = '/dns4/site.example/tcp/443', user = '', ca = '' } = {}): Promise<Found[]> => {
    const proxy = await forwardProxy({ names: { 'site.example:443': (site.address() as AddressInfo).port }, ...init })
    ends.push(async () => proxy.close())

    return wayOut.run(await patient([address], { BEAM_NODE_NETWORK_PROXY: `http://${user}127.0.0.1:${proxy.port}`, ...(ca === '' ? {} : { BEAM_NODE_NETWORK_CA: ca }) }))
  }

  it('a proxy that does what it should', async () => {
    expect(await through({})).to.deep.equal([{ level: 'ok', found: '1 of 1 addresses of other sites answer, through the proxy' }])
  })

  it('a proxy that wants credentials, or others', async () => {
    const [missing] = await through({ credentials: 'user:right' })
    expect(missing).to.have.property('level', 'error')
    expect(missing.found).to.match(/wants credentials \(407/)
    expect(missing.mend).to.match(/user and password into network\.proxy/)
    expect((await through({ credentials: 'user:right' }, { user: 'user:secret@' }))[0].found).to.match(/refuses the user or password/).and.not.include('secret')
  })

  it('a proxy that refuses CONNECT, and one that cannot reach the site', async () => {
    const [refused] = await through({ answer: 'HTTP/1.1 403 Forbidden\r\n\r\n' })
    expect(refused).to.have.property('level', 'error')
    expect(refused.found).to.match(/refuses CONNECT to site\.example:443 \(403/)
    expect(refused.mend).to.match(/docs\/firewalls\.md/)
    expect((await through({ answer: 'HTTP/1.1 504 Gateway Timeout\r\n\r\n' }))[0].found).to.match(/cannot reach site\.example:443 \(504/)
  })

  it('somebody who breaks TLS open: the issuer by name, and network.ca; with it all is well', async () => {
    const hospital = await authority('Hospital Inspection')
    ends.push(async () => hospital.remove())
    const { cert, key } = await hospital.issue('site.example')
    const server = createTlsServer({ cert, key }, (socket) => { socket.on('error', () => { socket.destroy() }) })
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    ends.push(async () => { server.close() })
    const names = { 'site.example:443': (server.address() as AddressInfo).port }
    const address = '/dns4/site.example/tcp/443/wss'

    const [unknown] = await through({ names }, { address })
    expect(unknown).to.have.property('level', 'error')
    expect(unknown.found).to.include('"Hospital Inspection"')
    expect(unknown.mend).to.match(/network\.ca/)

    // no WebSocket there, but TLS is no trouble any more: that server says nothing, so it ends with the limit
    const known = await through({ names, idle: 300 }, { address, ca: hospital.file })
    expect(known[0].found).to.match(/does not speak WebSocket/)
  })

  it('a proxy that really breaks TLS open, with the certificate of its house', async () => {
    const [root, hospital] = await Promise.all([authority('Study Root'), authority('Hospital Inspection')])
    ends.push(async () => root.remove(), async () => hospital.remove())
    const [inner, genuine] = await Promise.all([hospital.issue('site.example'), root.issue('site.example')])
    const server = createTlsServer({ cert: genuine.cert, key: genuine.key }, (socket) => { socket.on('error', () => { socket.destroy() }) })
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    ends.push(async () => { server.close() })
    const init = { names: { 'site.example:443': (server.address() as AddressInfo).port }, breaks: { cert: inner.cert, key: inner.key, ca: root.pem }, idle: 300 }

    // the genuine issuer is trusted, and it is not the one that is seen
    const [broken] = await through(init, { address: '/dns4/site.example/tcp/443/wss', ca: root.file })
    expect(broken).to.have.property('level', 'error')
    expect(broken.found).to.include('"Hospital Inspection"').and.not.include('Study Root')
    expect(broken.mend).to.match(/^a proxy or firewall breaks TLS open: put the certificate of its issuer \(PEM\) into a file and name that in network\.ca/)

    const [open] = await through(init, { address: '/dns4/site.example/tcp/443/wss', ca: hospital.file })
    expect(open.found).to.match(/does not speak WebSocket/)
  })

  it('the proxy itself: no such name, nobody there', async () => {
    const [gone] = await wayOut.run(await patient(['/dns4/site.example/tcp/443'], { BEAM_NODE_NETWORK_PROXY: 'http://127.0.0.1:1' }))
    expect(gone).to.have.property('level', 'error')
    expect(gone.found).to.match(/^the proxy http:\/\/127\.0\.0\.1:1 takes no connections/)
    expect(gone.mend).to.match(/host and port in network\.proxy/)
  })

  it('other sites are looked for through the proxy, too', async () => {
    const proxy = await forwardProxy({ names: { 'site.example:443': (site.address() as AddressInfo).port } })
    ends.push(async () => proxy.close())
    const found = await peers.run(await patient(['/dns4/site.example/tcp/443', '/dns4/other.example/tcp/443'], { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }))

    expect(found[0]).to.deep.equal({ level: 'ok', found: 's0.net accepts connections at site.example:443' })
    expect(found[1].found).to.match(/s1\.net cannot be reached: .*cannot reach other\.example:443 \(502/)
  })

  it('a daemon that was started without the proxy of this shell', async () => {
    const one = await patient([], { HTTPS_PROXY: 'http://127.0.0.1:1' })
    const running = { pid: 1, api: '', version: '', reasons: [], clockAlarms: [], links: [] }
    const [unlike] = await wayOut.run({ ...one, running })
    expect(unlike.found).to.equal('the daemon connects without a proxy, this command through http://127.0.0.1:1')
    expect(unlike.mend).to.match(/config\.yaml/)
  })

  const failed = (site: string, reason: NonNullable<Outcome['failure']>['reason'], named = false): Outcome => ({ where: 'h:1', site, proxied: false, named, failure: { reason, message: `h:1 ${reason}` } })
  const good = (named = false): Outcome => ({ where: 'g:1', site: 'g', proxied: false, named })

  it('no way out at all, a proxy that is needed, and DNS that is broken', () => {
    expect(judge([failed('a', 'unreachable'), failed('b', 'refused')], [])).to.have.nested.property('[0].level', 'error')
    expect(judge([failed('a', 'unreachable'), failed('b', 'refused')], [])[0].found).to.match(/^nothing gets out: none of 2 addresses of 2 sites/)
    expect(judge([failed('a', 'unreachable')], [])[0]).to.have.property('level', 'warning')
    const [needed] = judge([failed('a', 'unreachable')], ['/etc/environment: http://proxy:3128'])
    expect(needed).to.have.property('level', 'error')
    expect(needed.found).to.include('http://proxy:3128')
    expect(needed.mend).to.match(/^set network\.proxy/)
    expect(judge([failed('a', 'no name', true), good()], [])[1].found).to.match(/DNS is broken/)
    expect(judge([failed('a', 'no name', true), good(true)], [])[1]).to.have.property('level', 'warning')
    expect(judge([failed('a', 'unreachable'), good()], [])).to.have.lengthOf(1)
  })

  it('finds where else a proxy is named, and hides its password', async () => {
    const root = await mkdtemp(join(tmpdir(), 'beam-hints-'))
    ends.push(async () => rm(root, { recursive: true }))
    await mkdir(join(root, 'apt', 'apt.conf.d'), { recursive: true })
    await writeFile(join(root, 'environment'), 'LANG=C\nhttps_proxy="http://u:secret@proxy:3128"\n')
    await writeFile(join(root, 'apt', 'apt.conf.d', '90proxy'), 'Acquire::http::Proxy "http://apt:3128";\n')
    const hints = proxyHints({ http_proxy: 'http://u:secret@env:1' }, root)

    expect(hints.map(hint => hint.replace(root, ''))).to.deep.equal(['http_proxy in the environment: http://u:***@env:1', '/environment: http://u:***@proxy:3128', '/apt/apt.conf.d/90proxy: http://apt:3128'])
    expect(proxyHints({}, '/nonexistent')).to.deep.equal([])
  })
})

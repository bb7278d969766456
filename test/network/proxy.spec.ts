import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { createLibp2p } from 'libp2p'
import { loadConfig } from '../../src/config/load-config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { maskProxy } from '../../src/core/proxy-text.ts'
import { MAX_PROXY_HEAD } from '../../src/network/proxy/constants.ts'
import { createOutbound } from '../../src/network/proxy/create-outbound.ts'
import { OutboundError } from '../../src/network/proxy/errors.ts'
import { Exceptions } from '../../src/network/proxy/exceptions.ts'
import { IdleCuts } from '../../src/network/proxy/idle-cuts.ts'
import { parseProxy } from '../../src/network/proxy/settings.ts'
import { dialAddress } from '../../src/network/websocket/address.ts'
import { outboundWebSockets, throughProxy } from '../../src/network/websocket/transport.ts'
import { authority, forwardProxy } from './helpers/forward-proxy.ts'
import type { ForwardProxyInit } from './helpers/forward-proxy.ts'
import type { Config } from '../../src/config/index.ts'
import type { ProxyOutbound } from '../../src/network/proxy/outbound.ts'
import type { AddressInfo, Server } from 'node:net'

describe('proxy: settings', () => {
  it('reads host, port and credentials, and shows no password anywhere', () => {
    expect(parseProxy('http://proxy.example:3128', 'f')).to.deep.equal({ host: 'proxy.example', port: 3128, secure: false, address: 'http://proxy.example:3128' })
    expect(parseProxy('http://u%40h:p%3Aw@[::1]:8080/', 'f')).to.deep.equal({ host: '::1', port: 8080, secure: false, address: 'http://[::1]:8080', authorization: `Basic ${Buffer.from('u@h:p:w').toString('base64')}` })
    expect(parseProxy('https://proxy.example', 'f')).to.include({ port: 443, secure: true })
    expect(parseProxy('http://user@proxy.example', 'f', 'of the file').authorization).to.equal(`Basic ${Buffer.from('user:of the file').toString('base64')}`)
    expect(maskProxy('http://user:secret@proxy:1')).to.equal('http://user:***@proxy:1')
    expect(maskProxy('http://proxy:1')).to.equal('http://proxy:1')

    for (const wrong of ['proxy:3128', 'socks5://proxy:1080', 'http://', 'http://user:sec/ret@proxy', 'http://proxy:0', 'http://proxy:99999', 'http://user:sec%ret@proxy:1']) {
      expect(() => parseProxy(wrong, 'network.proxy'), wrong).to.throw(/^network\.proxy /).with.property('message').that.does.not.include('sec/ret').and.not.include('sec%ret')
    }
  })

  it('the environment counts less than what was said to this program', async () => {
    const dir = '/nonexistent/beam'
    const proxyOf = async (env: NodeJS.ProcessEnv, flags = {}): Promise<unknown> => (await loadConfig({ dir, env, flags })).config.network.proxy

    expect(await proxyOf({})).to.equal(undefined)
    expect(await proxyOf({ HTTPS_PROXY: 'http://a:1' })).to.equal('http://a:1')
    expect(await proxyOf({ HTTPS_PROXY: 'http://a:1', https_proxy: 'b:2' })).to.equal('http://b:2')
    expect(await proxyOf({ HTTPS_PROXY: 'http://a:1', BEAM_NODE_NETWORK_PROXY: 'none' })).to.equal('none')
    expect(await proxyOf({ HTTPS_PROXY: 'http://a:1' }, { 'network.proxy': 'http://c:3' })).to.equal('http://c:3')
    expect((await loadConfig({ dir, env: { NO_PROXY: 'a.example, 10.0.0.0/8' } })).config.network.noProxy).to.deep.equal(['a.example', '10.0.0.0/8'])
    await expect(proxyOf({ HTTPS_PROXY: 'socks5://u:secret@a:1' })).to.eventually.be.rejectedWith(/^HTTPS_PROXY must be/).with.property('message').that.does.not.include('secret')
    await expect(proxyOf({ BEAM_NODE_NETWORK_PROXY: 'socks5://u:secret@a:1' })).to.eventually.be.rejectedWith(/^network\.proxy must be/).with.property('message').that.does.not.include('secret')
  })

  it('exceptions in the manner of NO_PROXY', () => {
    const has = (entries: string[], host: string, port = 443): boolean => new Exceptions(entries).has({ host, port })

    expect(has([], 'localhost') && has([], '127.8.8.8') && has([], '::1')).to.equal(true)
    expect(has([], 'site.example')).to.equal(false)
    expect(has(['example.org'], 'example.org') && has(['example.org'], 'a.example.org') && has(['.example.org'], 'A.Example.ORG.') && has(['*.example.org'], 'a.example.org')).to.equal(true)
    expect(has(['example.org'], 'badexample.org')).to.equal(false)
    expect(has(['10.0.0.0/8'], '10.9.8.7') && has(['10.1.1.1'], '10.1.1.1') && has(['fd00::/8'], 'fd12::1') && has(['*'], 'a.b')).to.equal(true)
    expect(has(['10.0.0.0/8'], '11.0.0.1') || has(['10.0.0.0/8'], 'ten.example') || has(['10.0.0.0/99'], '10.0.0.1') || has(['', '.', ':'], 'a.b')).to.equal(false)
    expect(has(['a.b:443'], 'a.b') && has(['[fd00::1]:443'], 'fd00::1') && has(['fd00::1'], 'fd00::1')).to.equal(true)
    expect(has(['a.b:8091'], 'a.b')).to.equal(false)
  })

  it('two cuts after the same idleness set the pace, one or unlike ones do not', () => {
    const cuts = new IdleCuts()
    cuts.add(60_100)
    cuts.add(7_000)
    cuts.add(20_000)
    expect(cuts.pace).to.equal(undefined)
    cuts.add(60_900)
    expect(cuts.shortest).to.equal(60_100)
    expect(cuts.pace).to.equal(24_040)
    cuts.add(500)
    cuts.add(510)
    expect(cuts.pace).to.equal(1_000)
    expect(cuts.count).to.equal(6)
  })
})

describe('proxy: each trouble has its name', () => {
  const target = { host: 'relay.example', port: 443 }
  let echo: Server
  const ends: Array<() => Promise<unknown>> = []

  before(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => { socket.destroy() })
      // the far side may speak first
      socket.write('hello ')
      socket.pipe(socket)
    })
    await new Promise<void>(resolve => { echo.listen(0, '127.0.0.1', resolve) })
  })
  after(() => { echo.close() })
  afterEach(async () => { await Promise.all(ends.splice(0).map(async end => end())) })

  const outboundTo = (proxy: string, network: Partial<Config['network']> = {}): ProxyOutbound =>
    createOutbound({ config: { network: { proxy, ...network } }, clock: systemClock, log: silentLog }, { timeout: 400 })

  const stage = async (init: ForwardProxyInit, user = ''): Promise<{ port: number, outbound: ProxyOutbound, heads: string[] }> => {
    const proxy = await forwardProxy({ names: { 'relay.example:443': (echo.address() as AddressInfo).port }, ...init })
    ends.push(async () => proxy.close())

    return { port: proxy.port, outbound: outboundTo(`http://${user}127.0.0.1:${proxy.port}`), heads: proxy.heads }
  }

  const failure = async (outbound: ProxyOutbound): Promise<OutboundError> => {
    try {
      (await outbound.tcp(target, { signal: AbortSignal.timeout(5_000) })).destroy()
    } catch (error) {
      expect(error).to.be.instanceOf(OutboundError)
      const said = error as OutboundError
      expect(outbound.view()).to.have.nested.property('last.message', said.message)
      expect(outbound.view()?.failed).to.deep.equal({ [said.reason]: 1 })

      return said
    }

    throw new Error('a tunnel was opened')
  }

  it('opens a tunnel with credentials, and what the far side said first is there', async () => {
    const { outbound, heads } = await stage({ credentials: 'user:open sesame' }, 'user:open%20sesame@')
    const socket = await outbound.tcp(target, { signal: AbortSignal.timeout(5_000) })
    socket.write('world')
    let text = ''

    while (text !== 'hello world') {
      const [data] = await once(socket, 'data')
      text += String(data)
    }

    socket.destroy()
    expect(heads[0]).to.match(/^CONNECT relay\.example:443 HTTP\/1\.1\r\nHost: relay\.example:443\r\n/)
    expect(outbound.view()).to.include({ opened: 1, address: outbound.view()?.address })
    expect(JSON.stringify(outbound.view())).to.not.include('sesame')
  })

  it('credentials missing, and wrong', async () => {
    const missing = await failure((await stage({ credentials: 'user:right' })).outbound)
    expect(missing.reason).to.equal('credentials')
    expect(missing.message).to.match(/wants credentials \(407 .*network\.proxy/)
    const wrong = await failure((await stage({ credentials: 'user:right' }, 'user:secret@')).outbound)
    expect(wrong.reason).to.equal('credentials')
    expect(wrong.message).to.match(/refuses the user or password/).and.not.include('secret')
    // tinyproxy's way
    expect((await failure((await stage({ answer: 'HTTP/1.0 401 Unauthorized\r\n\r\n' })).outbound)).reason).to.equal('credentials')
  })

  it('refused, no way on, and any other status', async () => {
    const answers: Array<[string, string, RegExp]> = [
      ['403 Forbidden', 'forbidden', /refuses CONNECT to relay\.example:443 \(403 Forbidden\): ask who runs it/],
      ['405 Method Not Allowed', 'forbidden', /refuses CONNECT/],
      ['502 Bad Gateway', 'no way on', /cannot reach relay\.example:443 \(502/],
      ['503 x', 'no way on', /503/],
      ['504 x', 'no way on', /504/],
      ['418 teapot', 'status', /answered CONNECT to relay\.example:443 with 418 teapot/]
    ]

    for (const [status, reason, text] of answers) {
      const error = await failure((await stage({ answer: `HTTP/1.1 ${status}\r\nX: y\r\n\r\nbody` })).outbound)
      expect(error.reason, status).to.equal(reason)
      expect(error.message).to.match(text)
    }
  })

  it('slow, closing, silent, endless, and not speaking HTTP', async () => {
    expect((await failure((await stage({ delay: 2_000 })).outbound)).reason).to.equal('slow')
    expect((await failure((await stage({ answer: '' })).outbound)).reason).to.equal('closed')
    expect((await failure((await stage({ answer: 'SSH-2.0-OpenSSH_9\r\n' })).outbound)).reason).to.equal('not a proxy')
    expect((await failure((await stage({ answer: `HTTP/1.1 200 ok\r\nX: ${'x'.repeat(MAX_PROXY_HEAD)}` })).outbound)).reason).to.equal('not a proxy')
  })

  it('no name, nobody listening', async () => {
    const nameless = await failure(outboundTo('http://proxy.invalid:3128'))
    // where no DNS answers at all, the limit comes first
    expect(nameless.reason).to.be.oneOf(['no name', 'unreachable'])
    expect(nameless.message).to.match(/^the proxy http:\/\/proxy\.invalid:3128 /)

    const { port, outbound } = await stage({})
    await Promise.all(ends.splice(0).map(async end => end()))
    expect(port).to.be.above(0)
    expect((await failure(outbound)).message).to.match(/takes no connections: nothing listens on that port \(ECONNREFUSED\)/)
  })

  it('a failure is over once a tunnel to the same target is open', async () => {
    const { outbound, port } = await stage({ credentials: 'user:right' })
    await failure(outbound)
    expect(outbound.view()?.last?.mended).to.equal(false)
    const better = outboundTo(`http://user:right@127.0.0.1:${port}`);
    (await better.tcp(target, { signal: AbortSignal.timeout(5_000) })).destroy()
    expect(better.view()).to.include({ opened: 1 }).and.not.have.property('last')
  })

  it('a proxy that is reached over TLS, with a password from a file; its issuer must be known', async () => {
    const ca = await authority('Hospital Root')
    ends.push(async () => ca.remove())
    const { cert, key } = await ca.issue('localhost')
    const { createServer: createTlsServer } = await import('node:tls')
    const heads: string[] = []
    const server = createTlsServer({ cert, key }, (socket) => {
      socket.on('error', () => { socket.destroy() })
      socket.once('data', (data) => {
        heads.push(data.toString())
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      })
    })
    await new Promise<void>(resolve => { server.listen(0, resolve) })
    ends.push(async () => { server.close() })
    const address = `https://user@localhost:${(server.address() as AddressInfo).port}`
    const password = join(ca.dir, 'password')
    await writeFile(password, 'from a file\n')

    const unknown = await failure(outboundTo(address, { proxyPassword: password }))
    expect(unknown.reason).to.equal('issuer')
    expect(unknown.message).to.include('"Hospital Root"').and.include('network.ca')
    expect(heads).to.deep.equal([])

    expect((await failure(outboundTo(address, { proxyPassword: password, ca: ca.file }))).reason).to.equal('forbidden')
    expect(heads[0]).to.include(Buffer.from('user:from a file').toString('base64'))
    expect(() => outboundTo(address, { ca: password })).to.throw(/^network\.ca must be a file with certificates in PEM form/)
    expect(() => outboundTo(address, { ca: '/nonexistent' })).to.throw(/^network\.ca must be a PEM file that can be read/)
    expect(() => outboundTo(address, { proxyPassword: '/nonexistent' })).to.throw(/^network\.proxyPassword must name a file/)
    expect(await readFile(ca.file, 'utf8')).to.equal(ca.pem)
  })

  it('what a proxy says gives no commands to a terminal', async () => {
    const { outbound } = await stage({ answer: 'HTTP/1.1 418 \u001b[2J\u0007owned\u009b\r\n\r\n' })
    const { message } = await failure(outbound)
    expect(message).to.include('418 ?[2J?owned')
    expect(message).to.match(/^[\x20-\x7e]+$/)
  })

  it('an address that another site made up puts no words into the mouth of this one, and goes around no proxy', async () => {
    const { outbound, heads } = await stage({}, 'user:secret@')
    const node = await createLibp2p({ addresses: { listen: [] }, transports: [throughProxy(tcp(), outbound), outboundWebSockets(outbound)], connectionEncrypters: [noise()], streamMuxers: [yamux()] })
    ends.push(async () => node.stop())

    for (const host of ['a\r\nX-Injected: yes', 'a b', 'user@host', 'a?b', '[x']) {
      for (const rest of ['tcp/443', 'tcp/443/ws', 'tcp/443/tls/ws']) {
        expect(dialAddress(`/dns4/${host}/${rest}`), host).to.equal(undefined)
        await expect(node.dial(multiaddr(`/dns4/${host}/${rest}`))).to.eventually.be.rejected()
      }
    }

    expect(heads).to.deep.equal([])
    expect(dialAddress('/dns4/relay_1.example-a.org/tcp/443/wss')).to.include({ host: 'relay_1.example-a.org', kind: 'wss' })
    expect(dialAddress('/ip6/2001:db8::1/tcp/443')).to.include({ host: '2001:db8::1', kind: 'tcp' })
    await expect(node.dial(multiaddr('/ip4/192.0.2.1/tcp/443'))).to.eventually.be.rejected()
    expect(heads).to.have.lengthOf(1)
  })
})

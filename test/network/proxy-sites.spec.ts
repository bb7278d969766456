import { randomBytes } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { expect } from 'aegir/chai'
import { authority, forwardProxy } from './helpers/forward-proxy.ts'
import { dialing, listening, TestNetwork, until } from './helpers/sites.ts'
import type { Authority, ForwardProxy, ForwardProxyInit } from './helpers/forward-proxy.ts'
import type { NetworkConfig, TestSite } from './helpers/sites.ts'
import type { Config } from '../../src/config/index.ts'

const MIB = 1_048_576
const NAME = 'relay.example'

/** The port that a site really listens on */
const portOf = (site: TestSite): number => Number(/\/tcp\/(\d+)/.exec(site.network.node.services.listeners.bound()[0])?.[1])

describe('proxy: sites behind one', function () {
  this.timeout(60_000)

  let ca: Authority
  let network: TestNetwork | undefined
  let proxy: ForwardProxy | undefined

  before(async () => { ca = await authority('Study Root') })
  after(async () => { await ca.remove() })
  afterEach(async () => {
    await network?.stop()
    await proxy?.close()
    network = proxy = undefined
  })

  /** A founder that says it is at relay.example:443, which only the proxy knows */
  const found = async (suffix: '' | '/ws' | '/wss', init: ForwardProxyInit = {}, tls?: Config['network']['tls']): Promise<{ network: TestNetwork, proxy: ForwardProxy }> => {
    network = await TestNetwork.found({ config: listening({ listen: [`/ip4/127.0.0.1/tcp/0${suffix}`], announce: [`/dns4/${NAME}/tcp/443${suffix}`], tls }) })
    proxy = await forwardProxy({ ...init, names: { [`${NAME}:443`]: portOf(network.founder) } })

    return { network, proxy }
  }

  const behind = (proxy: ForwardProxy, more: Partial<Config['network']> = {}, user = ''): NetworkConfig => {
    const config = dialing()

    return { ...config, network: { ...config.network, proxy: `http://${user}127.0.0.1:${proxy.port}`, ...more } }
  }

  /** Frames with a text that would be seen by who sees plaintext, both ways */
  const exchange = async (one: TestSite, other: TestSite, text: string): Promise<void> => {
    const got: string[] = []
    const ends = [one, other].map(site => site.network.links.frames.subscribe(({ frame, done }) => {
      got.push(Buffer.from(frame.ask?.body ?? []).toString())
      done()
    }))
    expect(one.network.links.send(other.id, { ask: { id: 1, kind: 1, body: Buffer.from(text) } })).to.equal(true)
    expect(other.network.links.send(one.id, { ask: { id: 1, kind: 1, body: Buffer.from(text) } })).to.equal(true)
    await until(() => got.filter(each => each === text).length === 2, 'both got it')
    ends.forEach(end => { end() })
  }

  const linked = async (one: TestSite, other: TestSite): Promise<void> =>
    until(() => one.network.links.isUp(other.id) && other.network.links.isUp(one.id), 'linked', 20_000)

  const caFile = (): string => ca.file
  const certificate = async (): Promise<Config['network']['tls']> => (await ca.issue(NAME)).files

  for (const suffix of ['', '/ws', '/wss'] as const) {
    it(`joins and is linked through CONNECT over ${suffix === '' ? 'plain TCP' : suffix}`, async () => {
      const { network, proxy } = await found(suffix, { credentials: 'user:pw' }, suffix === '/wss' ? await certificate() : undefined)
      const site = await network.join('site', { config: behind(proxy, { ca: caFile() }, 'user:pw@') })
      await linked(site, network.founder)
      await exchange(site, network.founder, 'over the proxy')

      expect(new Set(proxy.asked)).to.deep.equal(new Set([`${NAME}:443`]))
      expect(site.network.proxy?.()).to.include({ address: `http://127.0.0.1:${proxy.port}` })
      expect(site.network.proxy?.()?.opened).to.be.above(0)
      expect(site.network.peers()[0]).to.include({ path: 'direct' }).and.have.property('address').that.includes(`/dns4/${NAME}/tcp/443${suffix}`)
      expect(proxy.seen().includes('over the proxy')).to.equal(false)
    })
  }

  it('of several addresses the one on port 443 is dialled first: a proxy may let the others hang', async () => {
    network = await TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: ['/ip4/192.0.2.1/tcp/8091', `/dns4/${NAME}/tcp/8091`, `/dns4/${NAME}/tcp/443/ws`] }) })
    proxy = await forwardProxy({ names: { [`${NAME}:443`]: portOf(network.founder) } })
    // the join first, then the site
    const site = await network.join('site', { config: behind(proxy) })
    expect(proxy.asked[0]).to.equal(`${NAME}:443`)
    await linked(site, network.founder)
    expect(new Set(proxy.asked)).to.deep.equal(new Set([`${NAME}:443`]))
  })

  it('through a proxy that breaks TLS open, which then sees nothing but Noise', async () => {
    const hospital = await authority('Hospital Inspection')

    try {
      const { cert, key } = await hospital.issue(NAME)
      const { network, proxy } = await found('/wss', { breaks: { cert, key, ca: ca.pem } }, (await ca.issue(NAME)).files)
      const site = await network.join('site', { config: behind(proxy, { ca: hospital.file }) })
      await linked(site, network.founder)
      const secret = `patient ${randomBytes(8).toString('hex')}`
      await exchange(site, network.founder, secret)

      // it did see what is inside of TLS: the upgrade to WebSocket
      expect(proxy.seen().includes('Upgrade: websocket')).to.equal(true)
      expect(proxy.seen().includes('101 Switching Protocols')).to.equal(true)
      expect(proxy.seen().includes('/noise')).to.equal(true)
      expect(proxy.seen().includes(secret)).to.equal(false)
      expect(proxy.seen().includes('beam/control')).to.equal(false)
    } finally {
      await hospital.remove()
    }
  })

  it('and without its CA the error names the issuer and network.ca', async () => {
    const hospital = await authority('Hospital Inspection')

    try {
      const { cert, key } = await hospital.issue(NAME)
      const { network, proxy } = await found('/wss', { breaks: { cert, key, ca: ca.pem } }, (await ca.issue(NAME)).files)
      await expect(network.join('site', { config: behind(proxy, { ca: ca.file }) }))
        .to.eventually.be.rejectedWith(/was issued by "Hospital Inspection", which is not known here .*network\.ca/s)
    } finally {
      await hospital.remove()
    }
  })

  it('the join says what the proxy said', async () => {
    const { network, proxy } = await found('/ws', { credentials: 'user:pw' })
    await expect(network.join('one', { config: behind(proxy) })).to.eventually.be.rejectedWith(/wants credentials \(407/)
    proxy.init = { answer: 'HTTP/1.1 403 Forbidden\r\n\r\n' }
    await expect(network.join('two', { config: behind(proxy) })).to.eventually.be.rejectedWith(/refuses CONNECT to relay\.example:443 \(403/)
  })

  it('carries 32 MiB with backpressure, a slow reader and all, over a WebSocket', async () => {
    const { network, proxy } = await found('/ws')
    const site = await network.join('site', { config: behind(proxy) })
    await linked(site, network.founder)
    let bytes = 0
    let done = false
    network.founder.network.links.handleBulk(async (_, channel) => {
      for (let message = await channel.read(); message != null; message = await channel.read()) {
        bytes += message.byteLength
        await sleep(bytes < 4 * MIB ? 5 : 0)
      }

      await channel.close()
      done = true
    })
    const channel = await site.network.links.openBulk(network.founder.id, AbortSignal.timeout(30_000))
    const block = randomBytes(262_144)

    for (let sent = 0; sent < 32 * MIB; sent += block.byteLength) {
      await channel.write(block)
    }

    await channel.close()
    await until(() => done, 'all was read')
    expect(bytes).to.equal(32 * MIB)
  })

  it('idle cuts are learned, and from then on pings are frequent enough', async () => {
    const { network, proxy } = await found('/ws', { idle: 2_000 })
    const config = behind(proxy)
    const site = await network.join('site', { config, init: { times: { ping: 60_000, silence: 200_000 } } })
    let downs = 0
    site.network.links.linkDown.subscribe(() => { downs++ })

    await until(() => (site.network.proxy?.()?.idle ?? 0) > 0, 'two cuts alike', 20_000)
    expect(site.network.proxy?.()?.idle).to.be.within(1_800, 2_600)
    await linked(site, network.founder)
    const before = downs
    const cuts = proxy.cuts
    expect(before).to.be.above(0)
    await sleep(5_000)
    expect(downs).to.equal(before)
    expect(proxy.cuts).to.equal(cuts)
    expect(site.network.links.isUp(network.founder.id)).to.equal(true)
  })

  it('every connection cut at some age: the link is back at once, and all frames that were not taken can be sent again', async () => {
    const { network, proxy } = await found('/ws', { total: 1_500 })
    const site = await network.join('site', { config: behind(proxy) })
    await linked(site, network.founder)
    const gaps: number[] = []
    let down = 0
    site.network.links.linkDown.subscribe(() => { down = performance.now() })
    site.network.links.linkUp.subscribe(() => { gaps.push(performance.now() - down) })
    await until(() => gaps.length >= 3, 'three times back', 20_000)
    expect(Math.max(...gaps)).to.be.below(2_000)
  })

  it('a renewed certificate is served to whoever comes next, those who are there stay', async () => {
    const files = { cert: join(ca.dir, 'live.pem'), key: join(ca.dir, 'live.key') }
    const [first, second] = [await ca.issue(NAME), await ca.issue(NAME)]
    const put = async (from: typeof first): Promise<void> => {
      await copyFile(from.files.cert, files.cert)
      await copyFile(from.files.key, files.key)
    }
    await put(first)
    network = await TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/wss'], announce: [`/dns4/${NAME}/tcp/443/wss`], tls: files }), init: { certificateEvery: 50 } })
    proxy = await forwardProxy({ names: { [`${NAME}:443`]: portOf(network.founder) } })
    const site = await network.join('site', { config: behind(proxy, { ca: ca.file }) })
    await linked(site, network.founder)

    const served = async (): Promise<string> => new Promise((resolve, reject) => {
      const socket = connectTls({ port: portOf(network!.founder), servername: NAME, ca: ca.pem }, () => {
        resolve(socket.getPeerCertificate().serialNumber)
        socket.destroy()
      })
      socket.once('error', reject)
    })
    const old = await served()
    await put(second)
    const end = Date.now() + 5_000

    while (await served() === old) {
      expect(Date.now()).to.be.below(end)
      await sleep(50)
    }

    expect(site.network.links.isUp(network.founder.id)).to.equal(true)
    await exchange(site, network.founder, 'still there')
  })

  it('a certificate that cannot be used is named at the start', async () => {
    await expect(TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/wss'], tls: { cert: '/nonexistent', key: ca.file } }) })).to.eventually.be.rejectedWith(/^network\.tls\.cert must be a PEM file/)
    await expect(TestNetwork.found({ config: listening({ listen: ['/ip4/127.0.0.1/tcp/0/wss'], tls: { cert: ca.file, key: (await ca.issue('x.example')).files.key } }) })).to.eventually.be.rejectedWith(/^network\.tls must be a certificate and its own private key/)
  })
})

import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { Observed } from '../../src/network/paths/observed.ts'
import { preferred } from '../../src/network/paths/order.ts'
import { whyNot } from '../../src/network/paths/why.ts'
import { newcomerWins } from '../../src/protocols/control/choose.ts'
import { Blackhole } from './helpers/blackhole.ts'
import { Gate } from './helpers/gate.ts'
import { dialing, listening, TestNetwork, until } from './helpers/sites.ts'
import type { TestSite } from './helpers/sites.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { Frame } from '../../src/protocols/control/pb/control.ts'

const upgrade = { first: 200, last: 1_000 }

/** Frames with a number each, sent as fast as the link takes them while it changes; resolves to the numbers as they arrived */
function stream (from: TestSite, to: TestSite): { stop(): Promise<{ sent: number, arrived: number[] }> } {
  const arrived: number[] = []
  let sent = 0
  const unsubscribe = to.network.links.frames.subscribe(({ site, frame, done }) => {
    done()

    if (site === from.id) {
      arrived.push(Buffer.from(frame.envelope).readUInt32BE(0))
    }
  })
  const timer = setInterval(() => {
    const envelope = new Uint8Array(2_000)
    new DataView(envelope.buffer).setUint32(0, sent)

    if (from.network.links.send(to.id, { envelope } as Partial<Frame>)) {
      sent++
    }
  }, 1)

  return {
    stop: async () => {
      clearInterval(timer)
      await until(() => arrived.length >= sent, 'all that was sent arrives')
      // what came twice would come now
      await new Promise(resolve => { setTimeout(resolve, 100) })
      unsubscribe()

      return { sent, arrived }
    }
  }
}

const pathOf = (at: TestSite, to: TestSite): string | undefined => at.network.peers().find(({ site }) => site === to.id)?.path

describe('paths', () => {
  let network: TestNetwork
  let gate: Gate

  afterEach(async () => {
    await network?.stop()
    await gate?.close()
  })

  it('go through a relay at once, move to a direct one when it opens, and back when it shuts: no frame is lost or comes twice', async () => {
    gate = await Gate.shut()
    network = await TestNetwork.found()
    const left = await network.join('left', { config: dialing(), init: { upgrade } })
    // has an address, and nothing gets in
    const right = await network.join('right', {
      config: { ...listening({ listen: [`/ip4/127.0.0.1/tcp/${gate.target}`], announce: [`/ip4/127.0.0.1/tcp/${gate.port}`], reachable: 'no' }) },
      init: { upgrade }
    })
    await until(() => pathOf(left, right) === 'relay' && pathOf(right, left) === 'relay', 'linked through the relay')
    await until(() => left.network.path?.(right.id).whyNotDirect?.reason === 'refused', 'left knows why not direct')
    expect(right.network.path?.(left.id).whyNotDirect?.reason).to.equal('no address')

    const there = stream(left, right)
    const back = stream(right, left)
    await gate.open()
    await until(() => pathOf(left, right) === 'direct' && pathOf(right, left) === 'direct', 'moved to the direct way')
    await new Promise(resolve => { setTimeout(resolve, 500) })

    for (const flow of [there, back]) {
      const { sent, arrived } = await flow.stop()
      expect(sent).to.be.above(50)
      expect([...arrived].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: sent }, (_, at) => at))
    }

    expect(left.network.path?.(right.id)).to.not.have.property('whyNotDirect')

    const begin = Date.now()
    await gate.close()
    await until(() => pathOf(left, right) === 'relay' && pathOf(right, left) === 'relay', 'through the relay again')
    expect(Date.now() - begin).to.be.below(5_000)
    expect(left.network.path?.(right.id).history.map(({ path }) => path)).to.deep.equal(['relay', 'direct', 'none', 'relay'])
    expect(left.network.pathChanges?.()).to.deep.equal({ to_direct: 1, to_relay: 1, other_relay: 0 })
    expect(left.network.path?.(right.id).history.at(-1)?.via).to.equal(network.founder.id)
    await until(() => left.network.path?.(right.id).whyNotDirect?.reason === 'refused', 'and why not')
  })

  it('a direct path that only one end knows to be dead gives way to the relay long before it would be noticed', async () => {
    const times = { ping: 2_500, silence: 12_500 }
    const { proxy, target } = await Blackhole.open()

    try {
      network = await TestNetwork.found({ init: { times } })
      const left = await network.join('left', { config: dialing(), init: { times, upgrade: { first: 2_000 } } })
      const right = await network.join('right', {
        config: { ...listening({ listen: [`/ip4/127.0.0.1/tcp/${target}`], announce: [`/ip4/127.0.0.1/tcp/${proxy.port}`], reachable: 'no' }) },
        init: { times }
      })
      await until(() => pathOf(left, right) === 'direct' && pathOf(right, left) === 'direct', 'linked directly', 20_000)
      await until(() => right.network.reservations?.().length === 1 && left.membership.records.get(right.id)?.addresses.some(address => address.includes('p2p-circuit')) === true, 'and reserved at the relay')

      proxy.swallow()
      const begin = Date.now()
      left.network.node.getConnections(right.network.node.peerId).forEach(connection => { connection.abort(new Error('lost')) })
      // right still thinks that it has a direct link, which is the better one
      await until(() => pathOf(left, right) === 'relay' && pathOf(right, left) === 'relay', 'both by the relay', 12_000)
      expect(Date.now() - begin).to.be.below(times.silence)
    } finally {
      await network.stop()
      await proxy.close()
    }
  })

  it('a site that listens without being reachable tells an address that two others saw, never one that a single one made up', () => {
    const observed = new Observed(() => ['/ip4/10.0.0.5/tcp/8091', '/ip4/10.0.0.5/tcp/8443/ws', '/ip4/127.0.0.1/tcp/8091'])
    const site = (name: string): SiteId => `${name}.test.example` as SiteId
    expect(observed.add(site('a'), '/ip4/198.51.100.7/tcp/40001')).to.equal(false)
    expect(observed.add(site('a'), '/ip4/198.51.100.7/tcp/40002')).to.equal(false)
    expect(observed.add(site('a'), '/ip4/203.0.113.1/tcp/40003')).to.equal(false)
    expect(observed.add(site('b'), '/ip4/127.0.0.1/tcp/40004')).to.equal(false)
    expect(observed.addresses).to.deep.equal([])
    expect(observed.add(site('b'), '/ip4/198.51.100.7/tcp/40005')).to.equal(true)
    const told = ['/ip4/198.51.100.7/tcp/8091', '/ip4/198.51.100.7/tcp/8443/ws']
    expect(observed.addresses).to.deep.equal(told)
    expect(observed.add(site('a'), '/ip4/198.51.100.7/tcp/40006'), 'nothing new').to.equal(false)

    // whatever one of them makes up pushes out nothing that two saw
    for (let i = 0; i < 20; i++) {
      observed.add(site('liar'), `/ip4/192.0.2.${i}/tcp/40001`)
    }

    expect(observed.addresses).to.deep.equal(told)
    // and a new one still gets in
    expect(observed.add(site('a'), '/ip4/198.51.100.9/tcp/40001')).to.equal(false)
    expect(observed.add(site('b'), '/ip4/198.51.100.9/tcp/40001')).to.equal(true)
  })

  it('a large transfer that began through a relay goes on there while new frames go directly', async () => {
    gate = await Gate.shut()
    network = await TestNetwork.found()
    const left = await network.join('left', { config: dialing(), init: { upgrade } })
    const right = await network.join('right', {
      config: { ...listening({ listen: [`/ip4/127.0.0.1/tcp/${gate.target}`], announce: [`/ip4/127.0.0.1/tcp/${gate.port}`], reachable: 'no' }) }
    })
    await until(() => pathOf(left, right) === 'relay' && pathOf(right, left) === 'relay', 'linked through the relay')
    const size = new Promise<number>((resolve, reject) => {
      right.network.links.handleBulk(async (_, channel) => {
        try {
          let bytes = 0
          for (let message = await channel.read(); message != null; message = await channel.read()) {
            bytes += message.byteLength
          }
          resolve(bytes)
        } catch (error) {
          reject(error)
        }
      })
    })
    const channel = await left.network.links.openBulk(right.id, AbortSignal.timeout(10_000))
    await channel.write(new Uint8Array(200_000))
    await gate.open()
    await until(() => pathOf(left, right) === 'direct' && pathOf(right, left) === 'direct', 'moved to the direct way')

    for (let at = 0; at < 20; at++) {
      await channel.write(new Uint8Array(200_000))
    }

    await channel.close()
    expect(await size).to.equal(21 * 200_000)
  })

  it('both ends keep the same of two streams: the better path, then the smaller dialler, in whatever order they learn of them', () => {
    const candidate = fc.record({ dialer: fc.constantFrom('a', 'b'), quality: fc.constantFrom(0, 1) })
    fc.assert(fc.property(candidate, candidate, (first, second) => {
      fc.pre(first.dialer !== second.dialer || first.quality !== second.quality)
      const boot = '00'
      const keep = (present: typeof first, newcomer: typeof first): typeof first => newcomerWins({ boot, ...present }, { boot, ...newcomer }) ? newcomer : present
      expect(keep(first, second)).to.deep.equal(keep(second, first))
      expect(keep(first, second).quality).to.equal(Math.max(first.quality, second.quality))
    }))
  })

  it('IPv6 is tried before names and IPv4, loopback and relays last', () => {
    const addresses = ['/ip4/192.0.2.1/tcp/1/p2p/R/p2p-circuit/p2p/X', '/ip4/127.0.0.1/tcp/1', '/ip4/192.0.2.2/tcp/1', '/dns4/a.example/tcp/1', '/ip6/2001:db8::1/tcp/1']
    expect([...addresses].sort(preferred)).to.deep.equal([...addresses].reverse())
  })

  it('say why an attempt failed, of several what tells most', () => {
    const error = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code })
    expect(whyNot(error('ECONNREFUSED'), 5)).to.deep.equal({ reason: 'refused', detail: 'connect ECONNREFUSED', at: 5 })
    expect(whyNot(new DOMException('late', 'TimeoutError'), 5).reason).to.equal('timed out')
    expect(whyNot(new AggregateError([error('ENETUNREACH'), new AggregateError([error('EACCES')])]), 5).reason).to.equal('policy')
    expect(whyNot(new Error('outer', { cause: error('ENOTFOUND') }), 5).reason).to.equal('unknown name')
    expect(whyNot('what', 5).reason).to.equal('failed')
  })
})

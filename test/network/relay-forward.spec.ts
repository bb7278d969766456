import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { createLibp2p } from 'libp2p'
import { MAX_STREAM_WINDOW } from '../../src/network/constants.ts'
import { STOP_PROTOCOL, WINDOWS_HELD } from '../../src/network/relay/limits.ts'
import { FrameReader } from '../../src/protocols/framing/reader.ts'
import { FrameWriter } from '../../src/protocols/framing/writer.ts'
import { plain, relayNode, reserved, through } from './helpers/relayed.ts'
import { until } from './helpers/sites.ts'
import type { Plain } from './helpers/relayed.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

const MAX_FRAME = 262_144

/** Answers each frame with its length, slowly if told so, and half-closes when the other side did */
async function serve (node: Libp2p, { pause = 0 } = {}): Promise<{ bytes: number, done: Promise<void> }> {
  const seen = { bytes: 0, done: Promise.resolve() }
  seen.done = new Promise((resolve, reject) => {
    void node.handle('/test/sink/1.0.0', (stream) => {
      const reader = new FrameReader(stream, { maxFrame: MAX_FRAME })
      const writer = new FrameWriter(stream)
      const run = async (): Promise<void> => {
        for (let frame = await reader.read(); frame != null; frame = await reader.read()) {
          seen.bytes += frame.byteLength

          if (pause > 0) {
            await new Promise(resolve => { setTimeout(resolve, pause) })
          }
        }

        await writer.write(new TextEncoder().encode(`${seen.bytes}`))
        await writer.close()
      }
      run().then(resolve, reject)
    })
  })
  // a test that does not wait for it
  seen.done.catch(() => {})

  return seen
}

async function pour (stream: Stream, bytes: number): Promise<string> {
  const writer = new FrameWriter(stream)
  const reader = new FrameReader(stream, { maxFrame: MAX_FRAME })
  const chunk = new Uint8Array(MAX_FRAME)

  for (let sent = 0; sent < bytes; sent += chunk.byteLength) {
    await writer.write(chunk)
  }

  await writer.close()

  return new TextDecoder().decode(await reader.read(AbortSignal.timeout(20_000)))
}

describe('the relay', () => {
  const nodes: Libp2p[] = []

  const keep = <T extends { node: Libp2p }>(made: T): T => {
    nodes.push(made.node)
    return made
  }

  const client = async (relay: Libp2p): Promise<Awaited<ReturnType<typeof reserved>>> => keep(await reserved(relay))
  const caller = async (): Promise<Plain> => keep(await plain())

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async node => node.stop()))
  })

  it('forwards both ways, passes half-close on, and limits nothing unless told to', async () => {
    const { node: relay, server } = keep(await relayNode())
    const target = await client(relay)
    const sink = await serve(target.node)
    const { stream, connection } = await through(relay, await caller(), target, '/test/sink/1.0.0')
    expect(connection.limits).to.equal(undefined)
    expect(await pour(stream, 64 * MAX_FRAME)).to.equal(`${64 * MAX_FRAME}`)
    await sink.done
    expect(server.use.bytes).to.be.above(64 * MAX_FRAME)
    await connection.close()
    await until(() => server.use.circuits === 0, 'the circuit is gone')
    expect(server.use.memory).to.equal(0)
  })

  it('holds no more than two windows each way for a reader that is slow', async () => {
    const { node: relay, server } = keep(await relayNode())
    const target = await client(relay)
    const sink = await serve(target.node, { pause: 20 })
    const { stream } = await through(relay, await caller(), target, '/test/sink/1.0.0')
    let most = 0
    const timer = setInterval(() => { most = Math.max(most, server.use.held) }, 1)
    const size = 48 * MAX_FRAME
    expect(await pour(stream, size)).to.equal(`${size}`)
    clearInterval(timer)
    expect(sink.bytes).to.equal(size)
    expect(most).to.be.at.most(WINDOWS_HELD * MAX_STREAM_WINDOW)
  })

  it('says so when it has no room for a reservation, or for a circuit', async () => {
    const { node: relay, server } = keep(await relayNode({ limits: { maxReservations: 1, maxCircuitsPerSite: 1 } }))
    const target = await client(relay)
    await expect(reserved(relay, await caller())).to.eventually.be.rejectedWith('reservation refused')
    await reserved(relay, target)
    const first = await caller()
    await first.node.dial(relay.getMultiaddrs()[0])
    const connection = await first.node.dial(multiaddr(target.addresses[0]))
    const second = await caller()
    await second.node.dial(relay.getMultiaddrs()[0])
    await expect(second.node.dial(multiaddr(target.addresses[0]))).to.eventually.be.rejectedWith('resource limit exceeded')
    expect(server.use).to.include({ circuits: 1, reservations: 1, refused: 2 })
    await connection.close()
    await until(() => server.use.circuits === 0, 'room again')
    await second.node.dial(multiaddr(target.addresses[0]))
  })

  it('gives small windows when memory is not plenty, and nothing when it is used up', async () => {
    // each at worst two windows of 256 KiB each way: room for two
    const { node: relay, server } = keep(await relayNode({ limits: { maxMemory: 2_097_152 } }))
    const target = await client(relay)
    const connected = async (): Promise<void> => {
      const from = await caller()
      await from.node.dial(relay.getMultiaddrs()[0])
      await from.node.dial(multiaddr(target.addresses[0]))
    }
    await connected()
    await connected()
    expect(server.use.memory).to.equal(2_097_152)
    await expect(connected()).to.eventually.be.rejectedWith('resource limit exceeded')
  })

  it('serves members only, at both ends, and none that it cannot reach', async () => {
    const strangers = new Set<string>()
    const { node: relay } = keep(await relayNode({ siteOf: (peer) => strangers.has(peer) ? undefined : peer as never }))
    const target = await client(relay)
    const from = await caller()
    await from.node.dial(relay.getMultiaddrs()[0])
    strangers.add(target.node.peerId.toString())
    await expect(from.node.dial(multiaddr(target.addresses[0]))).to.eventually.be.rejectedWith('permission denied')
    strangers.clear()
    strangers.add(from.node.peerId.toString())
    await expect(from.node.dial(multiaddr(target.addresses[0]))).to.eventually.be.rejectedWith('permission denied')
    await expect(reserved(relay, from)).to.eventually.be.rejectedWith('permission denied')
    strangers.clear()
    await target.connection.close()
    await until(() => relay.getConnections(target.node.peerId).length === 0, 'it is gone')
    await expect(from.node.dial(multiaddr(target.addresses[0]))).to.eventually.be.rejectedWith('no reservation')
  })

  it('ends both sides when one breaks, and circuits that nothing passes', async () => {
    const { node: relay, server } = keep(await relayNode({ idle: 300 }))
    const target = await client(relay)
    await serve(target.node)
    const { stream, connection } = await through(relay, await caller(), target, '/test/sink/1.0.0')
    expect(server.use.circuits).to.equal(1)
    await until(() => stream.status !== 'open' && connection.status !== 'open', 'the idle one is ended')
    await until(() => server.use.circuits === 0 && target.node.getConnections().every(({ remoteAddr }) => !remoteAddr.toString().includes('p2p-circuit')), 'at both ends')

    const again = await through(relay, await caller(), target, '/test/sink/1.0.0')
    target.connection.abort(new Error('killed'))
    await until(() => again.connection.status !== 'open', 'the other end hears of it', 2_000)
    await until(() => server.use.circuits === 0, 'and the relay')
  })

  it('keeps to its rate', async () => {
    const rate = 8_388_608
    const { node: relay } = keep(await relayNode({ limits: { maxRatePerSite: rate } }))
    const target = await client(relay)
    await serve(target.node)
    const { stream } = await through(relay, await caller(), target, '/test/sink/1.0.0')
    const begin = performance.now()
    const size = 48 * MAX_FRAME
    await pour(stream, size)
    // half a second's worth may go at once, and each end counts its way
    expect(performance.now() - begin).to.be.above((size / rate - 0.6) * 1_000)
  })

  it('ends a circuit after its bytes when such a limit is set, and tells both ends of it before', async () => {
    const { node: relay } = keep(await relayNode({ limits: { maxCircuitBytes: 1_048_576 } }))
    const target = await client(relay)
    await serve(target.node)
    const from = await caller()
    await from.node.dial(relay.getMultiaddrs()[0])
    const connection = await from.node.dial(multiaddr(target.addresses[0]))
    expect(connection.limits?.bytes).to.equal(1_048_576n)
    const stream = await connection.newStream('/test/sink/1.0.0', { runOnLimitedConnection: true })
    await expect(pour(stream, 16 * MAX_FRAME)).to.eventually.be.rejected()
  })

  it('sees nothing of what passes but its length, and a byte that it changes ends the connection', async () => {
    const { node: relay } = keep(await relayNode())
    const target = await client(relay)
    const sink = await serve(target.node)
    const from = await caller()
    await from.node.dial(relay.getMultiaddrs()[0])
    const connection = await from.node.dial(multiaddr(target.addresses[0]))
    // what the relay hands on to the far end
    const [onward] = relay.getConnections(target.node.peerId).flatMap(({ streams }) => streams).filter(({ protocol }) => protocol === STOP_PROTOCOL)
    const seen: Uint8Array[] = []
    let spoil = false
    const send = onward.send.bind(onward)
    onward.send = (data) => {
      const bytes = Uint8Array.from(data.subarray())
      seen.push(bytes)

      if (spoil) {
        bytes[bytes.byteLength - 1] ^= 1
      }

      return send(bytes)
    }

    const secret = 'a diagnosis that is nobody else\'s business'
    const stream = await connection.newStream('/test/sink/1.0.0')
    const writer = new FrameWriter(stream)
    const frame = new TextEncoder().encode(secret.repeat(100))
    await writer.write(frame)
    await until(() => sink.bytes === frame.byteLength, 'it arrived')
    const all = Buffer.concat(seen)
    expect(all.byteLength).to.be.above(frame.byteLength)
    expect(all.includes(secret)).to.equal(false)
    expect(all.includes('/test/sink/1.0.0')).to.equal(false)

    spoil = true
    await writer.write(frame).catch(() => {
      // it may have ended already
    })
    await until(() => connection.status !== 'open', 'the connection ended')
    expect(sink.bytes).to.equal(frame.byteLength)
  })

  it('speaks circuit relay v2: the installed client reserves and dials through it, and ours through the installed relay', async () => {
    const common = async (): Promise<object> => ({ privateKey: await generateKeyPair('Ed25519'), connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionMonitor: { enabled: false } })
    const { node: relay } = keep(await relayNode())
    const address = relay.getMultiaddrs()[0]
    const installed = keep({
      node: await createLibp2p({
        ...await common(),
        addresses: { listen: [`${address.toString()}/p2p-circuit`] },
        transports: [tcp(), circuitRelayTransport()],
        services: { identify: identify() }
      })
    }).node
    await until(() => installed.getMultiaddrs().some(own => own.toString().includes('p2p-circuit')), 'reserved')
    await serve(installed)
    const { stream } = await through(relay, await caller(), { addresses: installed.getMultiaddrs().map(String) }, '/test/sink/1.0.0')
    expect(await pour(stream, 4 * MAX_FRAME)).to.equal(`${4 * MAX_FRAME}`)

    const other = keep({
      node: await createLibp2p({
        ...await common(),
        addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
        transports: [tcp()],
        services: { identify: identify(), relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }) }
      })
    }).node
    const target = await client(other)
    await serve(target.node)
    const back = await through(other, await caller(), target, '/test/sink/1.0.0')
    expect(await pour(back.stream, 4 * MAX_FRAME)).to.equal(`${4 * MAX_FRAME}`)
  })
})

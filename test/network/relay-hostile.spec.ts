import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'aegir/chai'
import { systemClock } from '../../src/core/clock.ts'
import { MAX_PENDING } from '../../src/network/constants.ts'
import { HOP_PROTOCOL, MAX_CIRCUITS_PER_PAIR, MAX_NEWCOMER_STREAMS, STOP_PROTOCOL } from '../../src/network/relay/limits.ts'
import { Messages } from '../../src/network/relay/messages.ts'
import { HopMessage, StopMessage } from '../../src/network/relay/pb/circuit.ts'
import { reserve } from '../../src/network/relay/reserve.ts'
import { Shares } from '../../src/network/relay/shares.ts'
import { bytes } from '../../src/network/relay/voucher.ts'
import { dialAddress } from '../../src/network/websocket/address.ts'
import { joinFrames } from '../../src/protocols/framing/encode.ts'
import { outsider } from './helpers/outsider.ts'
import { plain, relayNode } from './helpers/relayed.ts'
import { dialing, listening, relayLimits, TestNetwork, until } from './helpers/sites.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'

const CONNECT = 0
const STATUS = 2
const OK = 100

/** An address as bytes: /dns4/HOST/tcp/8080 with any host */
const dns = (host: string): Uint8Array<ArrayBuffer> => new Uint8Array([54, host.length, ...new TextEncoder().encode(host), 6, 0x1f, 0x90])

/** What a relay may write into its answer, and nobody can dial */
const POISON = [dns('a/bogus'), dns('a\r\nX-Injected: yes'), dns('a b'), new Uint8Array(0), new Uint8Array([0xff, 0xff]), dns('x/p2p-circuit')]

describe('a hostile relay, and hostile peers of one', () => {
  const nodes: Libp2p[] = []
  let network: TestNetwork | undefined

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async node => node.stop()))
    await network?.stop()
    network = undefined
  })

  const poisoned = (addrs: Array<Uint8Array<ArrayBuffer>>) => async (stream: Stream): Promise<void> => {
    const messages = new Messages(stream, HopMessage, AbortSignal.timeout(5_000))
    await messages.read()
    await messages.write({ type: STATUS, status: OK, reservation: { expire: Math.round(Date.now() / 1_000) + 3_600, addrs } })
    await messages.release().close()
  }

  it('addresses that a relay makes up are not announced: they could not even be read', async () => {
    const { node: relay } = await relayNode()
    const { node, circuit } = await plain()
    nodes.push(relay, node)
    await relay.unhandle(HOP_PROTOCOL)
    await relay.handle(HOP_PROTOCOL, poisoned(POISON))
    const connection = await node.dial(relay.getMultiaddrs()[0])
    const { addresses } = await reserve(connection, node.peerId.toString(), AbortSignal.timeout(5_000))
    // where it was dialled, and nothing else
    expect(addresses).to.have.lengthOf(1)
    expect(() => { circuit.setAddresses(addresses) }).to.not.throw()
  })

  it('a daemon that is reserved there stays alive, and is reached by the honest ones', async () => {
    network = await TestNetwork.found({ config: { ...listening(), relay: { ...relayLimits, enabled: 'no' } } })
    const hostile = await network.join('hostile', { config: listening() })
    const honest = await network.join('honest', { config: listening() })
    await hostile.network.node.unhandle(HOP_PROTOCOL)
    await hostile.network.node.handle(HOP_PROTOCOL, poisoned(POISON))
    const hospital = await network.join('hospital', { config: dialing() })
    await until(() => hospital.network.reservations?.().length === 2, 'two reservations')
    await until(() => hospital.network.addresses().some(address => address.includes(honest.network.peerId)), 'announced')
    expect(hospital.network.addresses().every(address => multiaddr(address) != null && dialAddress(address.split('/p2p-circuit')[0]) != null)).to.equal(true)
    // losing the other one announces anew what is left
    await honest.stop()
    await until(() => hospital.network.reservations?.().length === 1, 'one left')
  })

  it('a stranger has two requests at a time, and what it sends behind a refusal is thrown away', async () => {
    const { node: relay, server } = await relayNode({ siteOf: () => undefined })
    const { node } = await plain()
    nodes.push(relay, node)
    const connection = await node.dial(relay.getMultiaddrs()[0])
    const held = (): number[] => relay.getConnections().flatMap(({ streams }) => streams).map(({ readBufferLength }) => readBufferLength)
    const streams = await Promise.all(Array.from({ length: 32 }, async () => connection.newStream(HOP_PROTOCOL, { maxOutboundStreams: 128 }).catch(() => undefined)))

    for (const stream of streams) {
      try {
        stream?.send(joinFrames([HopMessage.encode({ type: 0 })]))
        stream?.send(new Uint8Array(200_000))
      } catch {
        // reset already
      }
    }

    await until(() => server.use.refused === MAX_NEWCOMER_STREAMS, 'two were answered')
    await until(() => held().length <= MAX_NEWCOMER_STREAMS && held().every(bytes => bytes === 0), 'nothing is kept', 3_000)
  })

  it('a member that brings hundreds of circuits and says nothing on them keeps nobody out', async () => {
    network = await TestNetwork.found({ config: listening() })
    const hostile = await network.join('hostile', { config: listening() })
    await until(() => hostile.network.links.isUp(network!.founder.id), 'linked')
    const { node } = network.founder.network
    const [first] = hostile.network.node.getConnections(node.peerId)

    const bring = async (connection: Connection): Promise<void> => {
      try {
        const messages = new Messages(await connection.newStream(STOP_PROTOCOL, { maxOutboundStreams: 128 }), StopMessage, AbortSignal.timeout(5_000))
        await messages.write({ type: CONNECT, peer: { id: bytes(hostile.network.node.peerId), addrs: [] } })
        await messages.read()
        messages.release()
      } catch {
        // thrown out for another one: as it should be
      }
    }

    // as many as one address may bring in a second; each would hold a place for ten, and all places are 256
    await Promise.all(Array.from({ length: 90 }, async () => bring(first)))
    await new Promise(resolve => { setTimeout(resolve, 1_100) })
    const { incomingPendingConnections } = (node as unknown as { components: { connectionManager: { incomingPendingConnections: number } } }).components.connectionManager
    expect(incomingPendingConnections).to.be.at.most(MAX_PENDING)
    const stranger = await outsider()
    nodes.push(stranger)
    const connection = await stranger.dial(node.getMultiaddrs())
    expect(connection.status).to.equal('open')
    expect(hostile.network.links.isUp(network.founder.id)).to.equal(true)
  })

  it('one member alone does not take all circuits of another', () => {
    const shares = new Shares({ ...relayLimits, maxCircuitsPerSite: 64, maxMemory: 2 ** 40, maxMemoryPerSite: 2 ** 40 }, 1_048_576, systemClock)
    const mine = Array.from({ length: 64 }, (_, index) => index % 2 === 0 ? shares.take('greedy.x', 'victim.x') : shares.take('victim.x', 'greedy.x')).filter(share => share != null)
    expect(mine).to.have.lengthOf(MAX_CIRCUITS_PER_PAIR)
    expect(shares.take('honest.x', 'victim.x')).to.not.equal(undefined)
    mine[0].release()
    mine[0].release()
    expect(shares.take('greedy.x', 'victim.x')).to.not.equal(undefined)
    expect(shares.take('greedy.x', 'victim.x')).to.equal(undefined)
  })
})

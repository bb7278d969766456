import { createHash } from 'node:crypto'
import { identify } from '@libp2p/identify'
import { FaultTolerance } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { createLibp2p } from 'libp2p'
import { domains } from '../core/domains.ts'
import { isPlaceholder, placeholder } from './addresses.ts'
import { coalescingTcp } from './coalescing-tcp.ts'
import { INBOUND_PER_SECOND, MAX_CONNECTIONS, MAX_PENDING, MAX_STREAM_WINDOW } from './constants.ts'
import { onlyServers } from './dht-servers.ts'
import { Guard } from './guard.ts'
import { Listeners } from './listeners.ts'
import { muxer } from './muxer.ts'
import { preferred } from './paths/order.ts'
import { PROXIED_DIAL_TIMEOUT } from './proxy/constants.ts'
import { through443First } from './proxy/order.ts'
import { quickNoise } from './quick-noise.ts'
import { quietLogger } from './quiet-logger.ts'
import { RelayServer } from './relay/server.ts'
import { CircuitTransport } from './relay/transport.ts'
import { seldomMerged } from './seldom-merged.ts'
import { throughRoom, WaitingRoom } from './waiting-room.ts'
import { certificateFiles } from './websocket/certificate.ts'
import { outboundWebSockets, throughProxy } from './websocket/transport.ts'
import type { Dht } from './dht-servers.ts'
import type { GuardComponents } from './guard.ts'
import type { Outbound } from './proxy/index.ts'
import type { Reach } from './reach.ts'
import type { RelayServerComponents, RelayServerInit } from './relay/server.ts'
import type { CircuitComponents } from './relay/transport.ts'
import type { Config } from '../config/index.ts'
import type { Identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p, PrivateKey } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'
import type { Libp2pOptions } from 'libp2p'

export interface NodeInit {
  privateKey: PrivateKey
  /** Hash of the genesis entry */
  genesis: Uint8Array
  config: Pick<Config, 'network' | 'relay'>
  reach: Reach
  gater: ConnectionGater
  isMember(peer: string): boolean
  /** Whether a member that was not met yet may serve the DHT */
  mayServe(peer: string): boolean
  /** How connections leave */
  outbound: Outbound
  /** How often a renewed certificate is looked for, ms */
  certificateEvery?: number
  /** What the relay's side needs beside its limits */
  relay: Pick<RelayServerInit, 'siteOf' | 'newcomer' | 'clock' | 'log' | 'idle'>
}

// a type, since libp2p asks for an index signature that interfaces lack
export type NodeServices = {
  guard: Guard
  listeners: Listeners
  identify: Identify
  ping: Ping
  dht: Dht
  relay?: RelayServer
}

/** libp2p, and the transport that others are dialled with through relays */
export type Node = Libp2p<NodeServices> & { readonly circuit: CircuitTransport }

/** Provider records live this long where they are kept, and are renewed well before, ms */
const PROVIDER_LIFE = { validity: 3_600_000, threshold: 2_400_000, interval: 300_000 }

/** The servers nearest to the own name are asked for so often, ms: links and answers bring news of them anyway, and in a large network each time dials those without a link */
const NEIGHBOURS_EVERY = 1_800_000

/** A DHT server that never answers holds a question up so long, ms; libp2p's own limits, 5 to 60 s, would hold up whoever announces */
const DHT_TIMEOUT = { minTimeout: 1_500, maxTimeout: 3_000 }

/** Private to the network, and telling an outsider who asks for protocol names nothing of it */
export function dhtProtocol (genesis: Uint8Array): string {
  return `/beam/kad/${createHash('sha256').update(domains.directoryProtocol).update(genesis).digest('hex').slice(0, 16)}/1.0.0`
}

/** libp2p with all that a daemon speaks except our own protocols; not started */
export async function createNode (init: NodeInit): Promise<Node> {
  const { privateKey, genesis, config, reach, gater, isMember, mayServe, outbound, certificateEvery, relay } = init

  const room = new WaitingRoom()
  const certificate = config.network.tls == null ? {} : { certificate: certificateFiles(config.network.tls), lookEvery: certificateEvery }
  let circuit: CircuitTransport | undefined

  const options: Libp2pOptions<NodeServices> = {
    start: false,
    privateKey,
    logger: quietLogger(),
    addresses: {
      // without a listener of its own a site is reached through a member that relays
      listen: [...config.network.listen, ...(reach.reachable ? [] : ['/p2p-circuit'])],
      announce: config.network.announce,
      announceFilter: (addresses) => addresses.length > 0 ? addresses.filter(address => !isPlaceholder(address.toString())) : [placeholder]
    },
    transports: [
      throughRoom(throughProxy(coalescingTcp(), outbound), room),
      throughRoom(outboundWebSockets(outbound, certificate), room),
      (components) => {
        circuit = new CircuitTransport(components as unknown as CircuitComponents, { around: (upgrader) => room.around(upgrader) })

        return circuit
      }
    ],
    connectionEncrypters: [quickNoise()],
    streamMuxers: [muxer()],
    connectionGater: gater,
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      addressSorter: (a, b) => {
        const both = [a.multiaddr.toString(), b.multiaddr.toString()] as const
        const first = outbound.view() == null ? 0 : through443First(...both)

        return first === 0 ? preferred(...both) : first
      },
      inboundConnectionThreshold: INBOUND_PER_SECOND,
      // a proxy connects on our behalf first
      ...(outbound.view() == null ? {} : { addressDialTimeout: PROXIED_DIAL_TIMEOUT, dialTimeout: PROXIED_DIAL_TIMEOUT }),
      // behind the waiting room, which makes room; what was cut there takes a moment to be gone
      maxIncomingPendingConnections: 4 * MAX_PENDING,
      // the supervisor redials; libp2p's own retries would only double it
      reconnectRetries: 0
    },
    // it would ping outsiders, and abort peers that are merely busy; the control link does this
    connectionMonitor: { enabled: false },
    // a relay or an address that is not there must not keep the daemon from starting
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    services: {
      // first: everything that registers a protocol comes after it
      guard: (components) => {
        seldomMerged({ peerStore: components.peerStore, peerId: components.peerId, clock: relay.clock })

        return new Guard(components as GuardComponents, isMember)
      },
      listeners: (components) => new Listeners(components),
      // for members only, so we call it ourselves after the roster sync
      identify: identify({ runOnConnectionOpen: false }),
      ping: ping(),
      dht: (components) => onlyServers(kadDHT({
        protocol: dhtProtocol(genesis),
        peerInfoMapper: passthroughMapper,
        clientMode: !reach.dhtServer,
        initialQuerySelfInterval: 200,
        querySelfInterval: NEIGHBOURS_EVERY,
        networkDialTimeout: DHT_TIMEOUT,
        reprovide: PROVIDER_LIFE
      })(components) as Dht, { peerStore: components.peerStore, protocol: dhtProtocol(genesis), mayServe }),
      ...(reach.relay ? { relay: (components: unknown) => new RelayServer(components as RelayServerComponents, { ...relay, limits: config.relay, window: MAX_STREAM_WINDOW }) } : {})
    }
  }

  const node = await createLibp2p(options)

  if (circuit == null) {
    throw new Error('libp2p made no use of the transport for circuits')
  }

  return Object.assign(node, { circuit })
}

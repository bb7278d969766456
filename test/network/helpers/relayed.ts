import { generateKeyPair } from '@libp2p/crypto/keys'
import { FaultTolerance } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { MAX_STREAM_WINDOW } from '../../../src/network/constants.ts'
import { muxer } from '../../../src/network/muxer.ts'
import { reserve } from '../../../src/network/relay/reserve.ts'
import { RelayServer } from '../../../src/network/relay/server.ts'
import { CircuitTransport } from '../../../src/network/relay/transport.ts'
import { relayLimits } from './sites.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { RelayLimits } from '../../../src/network/relay/index.ts'
import type { RelayServerComponents, RelayServerInit } from '../../../src/network/relay/server.ts'
import type { CircuitComponents } from '../../../src/network/relay/transport.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'

export const ECHO = '/test/echo/1.0.0'

/** A libp2p with our transport for circuits and nothing else of a daemon */
export interface Plain {
  node: Libp2p
  circuit: CircuitTransport
}

export async function plain (): Promise<Plain> {
  let circuit: CircuitTransport | undefined
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    addresses: { listen: [] },
    transports: [tcp(), (components) => {
      circuit = new CircuitTransport(components as unknown as CircuitComponents)
      return circuit
    }],
    connectionEncrypters: [noise()],
    streamMuxers: [muxer()],
    connectionMonitor: { enabled: false },
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL }
  })

  return { node, circuit: circuit! }
}

export interface RelayInit extends Partial<Pick<RelayServerInit, 'siteOf' | 'idle'>> {
  limits?: Partial<RelayLimits>
}

/** A relay whose members are everybody: each peer is a site of its own, named by its id */
export async function relayNode ({ limits = {}, siteOf = (peer) => peer as SiteId, idle }: RelayInit = {}): Promise<{ node: Libp2p, server: RelayServer }> {
  let server: RelayServer | undefined
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [muxer()],
    connectionMonitor: { enabled: false },
    connectionManager: { inboundConnectionThreshold: 1_000 },
    services: {
      relay: (components) => {
        server = new RelayServer(components as unknown as RelayServerComponents, { limits: { ...relayLimits, ...limits }, window: MAX_STREAM_WINDOW, siteOf, clock: systemClock, log: silentLog, idle })
        return server
      }
    }
  })

  return { node, server: server! }
}

/** Connected to a relay, with a reservation there */
export async function reserved (relay: Libp2p, init?: Plain): Promise<Plain & { connection: Connection, addresses: string[] }> {
  const { node, circuit } = init ?? await plain()
  const connection = await node.dial(relay.getMultiaddrs()[0])
  const { addresses } = await reserve(connection, node.peerId.toString(), AbortSignal.timeout(5_000))

  return { node, circuit, connection, addresses }
}

/** A stream between two plain nodes through a relay */
export async function through (relay: Libp2p, from: Plain, to: { addresses: string[] }, protocol: string = ECHO): Promise<{ connection: Connection, stream: Stream }> {
  await from.node.dial(relay.getMultiaddrs()[0])
  const connection = await from.node.dial(multiaddr(to.addresses[0]))
  const stream = await connection.newStream(protocol)

  return { connection, stream }
}

import { transportSymbol } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { withPeer } from '../addresses.ts'
import { isRelayed, relayOf } from '../paths/path.ts'
import { hop, status, stop } from './codes.ts'
import { RelayRefusedError } from './errors.ts'
import { HOP_PROTOCOL, HOP_TIMEOUT, MAX_CIRCUIT_STREAMS, STOP_PROTOCOL } from './limits.ts'
import { CircuitListener } from './listener.ts'
import { Messages } from './messages.ts'
import { HopMessage, StopMessage } from './pb/circuit.ts'
import { peerOf } from './read.ts'
import { StreamConnection } from './stream-connection.ts'
import { bytes } from './voucher.ts'
import type { CircuitLimit, NewcomerPass as WirePass } from './pb/circuit.ts'
import type { NewcomerPass } from '../../membership/enroll/pass.ts'
import type { Connection, ConnectionGater, ConnectionLimits, DialTransportOptions, Listener, MultiaddrFilter, PeerId, Startable, Stream, StreamHandler, StreamHandlerOptions, Transport, Upgrader } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What libp2p hands to its transports, as far as it is needed here */
export interface CircuitComponents {
  registrar: {
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
    unhandle(protocol: string): Promise<void>
  }
  connectionManager: {
    getConnections(peer?: PeerId): Connection[]
    openConnection(address: Multiaddr, options?: object): Promise<Connection>
  }
  addressManager: { confirmObservedAddr(address: Multiaddr, options?: { type: 'transport' }): void }
  connectionGater: ConnectionGater
  upgrader: Upgrader
  peerId: PeerId
}

/**
 * Connections through relays: circuit relay v2 on the wire. The installed transport
 * also reserves by itself, and for good forgets a relay that once could not be dialled;
 * here that is the business of Reservations.
 */
export class CircuitTransport implements Transport, Startable {
  readonly #components: CircuitComponents
  readonly #pass: NewcomerPass | undefined
  readonly #around: (upgrader: Upgrader) => Upgrader
  readonly #listener = new CircuitListener()
  /** Circuits from each peer in the middle of their handshake */
  readonly #arriving = new Map<string, number>()
  #stopping = new AbortController()

  /**
   * `pass`: of somebody who joins, and is no member yet. `around`: where inbound circuits wait
   * until their handshake is done, so that one relay with hundreds of them keeps nobody else out
   */
  constructor (components: CircuitComponents, { pass, around = upgrader => upgrader }: { pass?: NewcomerPass, around?(upgrader: Upgrader): Upgrader } = {}) {
    this.#components = components
    this.#pass = pass
    this.#around = around
  }

  readonly [Symbol.toStringTag] = 'beam-circuit'
  readonly [transportSymbol] = true as const

  readonly listenFilter: MultiaddrFilter = (addresses) => addresses.filter(address => address.toString() === '/p2p-circuit')
  readonly dialFilter: MultiaddrFilter = (addresses) => addresses.filter(address => relayOf(address.toString()) != null)

  async start (): Promise<void> {
    this.#stopping = new AbortController()
    await this.#components.registrar.handle(STOP_PROTOCOL, (stream, connection) => { void this.#handle(stream, connection) }, {
      maxInboundStreams: MAX_CIRCUIT_STREAMS,
      maxOutboundStreams: MAX_CIRCUIT_STREAMS
    })
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new Error('the daemon stops'))
    await this.#components.registrar.unhandle(STOP_PROTOCOL)
  }

  createListener (): Listener {
    return this.#listener
  }

  /** Own addresses through relays, as they are now */
  setAddresses (addresses: string[]): void {
    const all = addresses.map(address => multiaddr(address))
    // libp2p takes a public address for one only when somebody vouches for it
    all.forEach(address => { this.#components.addressManager.confirmObservedAddr(address, { type: 'transport' }) })
    this.#listener.set(all)
  }

  async dial (address: Multiaddr, options: Pick<DialTransportOptions, 'signal' | 'onProgress'>): Promise<Connection> {
    const text = address.toString()
    const relay = peerIdFromString(relayOf(text) ?? '')
    const target = peerIdFromString(/\/p2p\/([^/]+)$/.exec(text)?.[1] ?? '')
    const connection = this.relay(relay) ?? await this.#components.connectionManager.openConnection(multiaddr(text.split('/p2p-circuit')[0]), { signal: options.signal })

    return this.connect(connection, target, options)
  }

  /** The newest direct connection to a relay */
  relay (peer: PeerId): Connection | undefined {
    return this.#components.connectionManager.getConnections(peer)
      .filter(({ remoteAddr, status }) => status === 'open' && !isRelayed(remoteAddr.toString()))
      .sort((a, b) => b.timeline.open - a.timeline.open)[0]
  }

  /** Whether a peer dialled this one through a relay, and the handshake is under way */
  arriving (peer: string): boolean {
    return this.#arriving.has(peer)
  }

  /**
   * A connection to a peer through one to a relay
   *
   * @throws {RelayRefusedError}
   */
  async connect (relay: Connection, target: PeerId, { signal, onProgress }: Pick<DialTransportOptions, 'signal' | 'onProgress'>): Promise<Connection> {
    const stream = await relay.newStream(HOP_PROTOCOL, { signal, maxOutboundStreams: MAX_CIRCUIT_STREAMS })

    try {
      const messages = new Messages(stream, HopMessage, signal)
      await messages.write({ type: hop.connect, peer: { id: bytes(target), addrs: [] }, ...(this.#pass == null ? {} : { pass: wire(this.#pass) }) })
      const answer = await messages.read()

      if (answer.status !== status.ok) {
        throw new RelayRefusedError(answer.status)
      }

      return await this.#components.upgrader.upgradeOutbound(new StreamConnection(messages.release(), through(relay, target)), { signal, onProgress, limits: limitsOf(answer.limit) })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /** Somebody wants to be connected through a relay */
  async #handle (stream: Stream, relay: Connection): Promise<void> {
    const { connectionGater, upgrader } = this.#components
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(HOP_TIMEOUT)])

    try {
      const messages = new Messages(stream, StopMessage, signal)
      const request = await messages.read()
      const peer = request.type === stop.connect ? peerOf(request.peer?.id) : undefined
      const denied = peer != null && await connectionGater.denyInboundRelayedConnection?.(relay.remotePeer, peer) === true

      if (peer == null || denied) {
        await messages.write({ type: stop.status, status: denied ? status.permissionDenied : status.malformedMessage })
        await stream.close({ signal })
        return
      }

      await this.#while(peer, async () => {
        await messages.write({ type: stop.status, status: status.ok })
        await this.#around(upgrader).upgradeInbound(new StreamConnection(messages.release(), through(relay, peer)), { signal, limits: limitsOf(request.limit) })
      })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** A circuit of this peer arrives while this runs */
  async #while (peer: PeerId, handshake: () => Promise<void>): Promise<void> {
    const id = peer.toString()
    this.#arriving.set(id, (this.#arriving.get(id) ?? 0) + 1)

    try {
      await handshake()
    } finally {
      const others = (this.#arriving.get(id) ?? 1) - 1

      if (others === 0) {
        this.#arriving.delete(id)
      } else {
        this.#arriving.set(id, others)
      }
    }
  }
}

/** The address of whoever is at the other end of a circuit; it names the relay too */
function through ({ remoteAddr, remotePeer }: Connection, target: PeerId): Multiaddr {
  return multiaddr(`${withPeer(remoteAddr.toString(), remotePeer.toString())}/p2p-circuit/p2p/${target.toString()}`)
}

function wire ({ ticket, expires, signature }: NewcomerPass): WirePass {
  return { ticket: new Uint8Array(ticket), expires, signature: new Uint8Array(signature) }
}

/** A relay that limits its circuits says so; without limits the connection counts as a full one */
function limitsOf (limit: CircuitLimit | undefined): ConnectionLimits | undefined {
  const bytes = limit?.data ?? 0
  const seconds = limit?.duration ?? 0

  return bytes === 0 && seconds === 0 ? undefined : { ...(bytes > 0 ? { bytes: BigInt(bytes) } : {}), ...(seconds > 0 ? { seconds } : {}) }
}

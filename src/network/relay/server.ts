import { isPlaceholder } from '../addresses.ts'
import { isRelayed } from '../paths/path.ts'
import { Circuits } from './circuits.ts'
import { hop, status, statusName, stop } from './codes.ts'
import { HOP_PROTOCOL, HOP_TIMEOUT, MAX_CIRCUIT_STREAMS, MAX_RELAY_ADDRESSES, NEWCOMER_BYTES, RESERVATION_LIFE, STOP_PROTOCOL } from './limits.ts'
import { Messages } from './messages.ts'
import { NEWCOMER, Newcomers } from './newcomers.ts'
import { HopMessage, StopMessage } from './pb/circuit.ts'
import { peerOf } from './read.ts'
import { ReservationTable } from './reservation-table.ts'
import { bytes, voucher } from './voucher.ts'
import type { RelayLimits, RelayUse } from './index.ts'
import type { NewcomersInit } from './newcomers.ts'
import type { CircuitLimit, CircuitReservation } from './pb/circuit.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Connection, PeerId, PrivateKey, Startable, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What libp2p hands to its services, as far as it is needed here */
export interface RelayServerComponents {
  registrar: {
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
    unhandle(protocol: string): Promise<void>
  }
  connectionManager: { getConnections(peer?: PeerId): Connection[] }
  addressManager: { getAddresses(): Multiaddr[] }
  events: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  peerId: PeerId
  privateKey: PrivateKey
}

export interface RelayServerInit {
  limits: RelayLimits
  /** Largest window of a stream, bytes */
  window: number
  /** The site of a peer that is a member now */
  siteOf(peer: string): SiteId | undefined
  /** Whether the authority allows a newcomer to be connected to that peer. @default nobody is */
  newcomer?: NewcomersInit['check']
  clock: Clock
  log: Log
  /** ms without a byte after which a circuit ends. @default 120_000 */
  idle?: number
}

/** The relay's side of circuit relay v2, for members; of strangers only for who shows the authority's pass */
export class RelayServer implements Startable {
  readonly #components: RelayServerComponents
  readonly #init: RelayServerInit
  readonly #table: ReservationTable
  readonly #circuits: Circuits
  readonly #newcomers: Newcomers
  readonly #refusals: Record<string, number> = {}

  constructor (components: RelayServerComponents, init: RelayServerInit) {
    this.#components = components
    this.#init = init
    this.#table = new ReservationTable(init.limits.maxReservations, init.clock)
    this.#circuits = new Circuits(init)
    this.#newcomers = new Newcomers({ check: init.newcomer ?? (async () => false), clock: init.clock })
  }

  readonly [Symbol.toStringTag] = 'beam-relay-server'

  get use (): RelayUse {
    return {
      reservations: this.#table.size,
      circuits: this.#circuits.size,
      bytes: this.#circuits.bytes,
      held: this.#circuits.held,
      memory: this.#circuits.memory,
      refused: Object.values(this.#refusals).reduce((sum, count) => sum + count, 0),
      refusals: { ...this.#refusals }
    }
  }

  async start (): Promise<void> {
    this.#circuits.start()
    this.#components.events.addEventListener('peer:disconnect', this.#gone)
    await this.#components.registrar.handle(HOP_PROTOCOL, (stream, connection) => { void this.#handle(stream, connection) }, {
      maxInboundStreams: MAX_CIRCUIT_STREAMS,
      maxOutboundStreams: MAX_CIRCUIT_STREAMS
    })
  }

  async stop (): Promise<void> {
    this.#components.events.removeEventListener('peer:disconnect', this.#gone)
    this.#table.clear()
    this.#circuits.stop()
    await this.#components.registrar.unhandle(HOP_PROTOCOL)
  }

  /** A reservation lives no longer than the connection: nobody could be reached by it */
  readonly #gone = (event: Event): void => {
    this.#table.delete((event as CustomEvent<PeerId>).detail.toString())
  }

  async #handle (stream: Stream, connection: Connection): Promise<void> {
    if (this.#init.siteOf(connection.remotePeer.toString()) == null && !this.#newcomers.admits(connection, stream)) {
      stream.abort(new Error('not so many requests at a time'))
      return
    }

    const messages = new Messages(stream, HopMessage, AbortSignal.timeout(HOP_TIMEOUT))

    try {
      const request = await messages.read()
      const site = this.#init.siteOf(connection.remotePeer.toString())

      if (isRelayed(connection.remoteAddr.toString())) {
        await this.#refuse(messages, status.permissionDenied)
      } else if (site == null) {
        await this.#newcomer(messages, connection, request)
      } else if (request.type === hop.reserve) {
        await this.#reserve(messages, connection, site)
      } else if (request.type === hop.connect) {
        await this.#connect(messages, connection, site, request.peer?.id)
      } else {
        await this.#refuse(messages, status.unexpectedMessage)
      }
    } catch (error) {
      this.#init.log.debug({ peer: connection.remotePeer.toString(), error: String(error) }, 'a request to the relay failed')
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #reserve (messages: Messages<HopMessage>, { remotePeer }: Connection, site: SiteId): Promise<void> {
    if (!this.#table.add(remotePeer.toString(), site)) {
      this.#init.log.info({ site }, 'no room for a reservation')
      await this.#refuse(messages, status.reservationRefused)
      return
    }

    try {
      await messages.write({ type: hop.status, status: status.ok, reservation: await this.#reservation(remotePeer), limit: this.#limit() })
      await this.#hangUp(messages.release())
    } catch (error) {
      // whoever did not hear of it does not count on it
      this.#table.delete(remotePeer.toString())
      throw error
    }
  }

  async #newcomer (messages: Messages<HopMessage>, connection: Connection, { type, peer, pass }: HopMessage): Promise<void> {
    const target = type === hop.connect ? peerOf(peer?.id) : undefined
    const leave = target == null || pass == null ? undefined : await this.#newcomers.enter(pass, target.toString(), connection.remoteAddr)

    if (leave == null) {
      await this.#refuse(messages, status.permissionDenied)
      return
    }

    connection.addEventListener('close', leave, { once: true })

    try {
      await this.#connect(messages, connection, NEWCOMER, peer?.id, { maxBytes: NEWCOMER_BYTES, onEnd: leave })
    } catch (error) {
      leave()
      throw error
    }
  }

  async #connect (messages: Messages<HopMessage>, connection: Connection, from: SiteId, id: Uint8Array | undefined, { maxBytes = this.#init.limits.maxCircuitBytes, onEnd = () => {} }: { maxBytes?: number, onEnd?(): void } = {}): Promise<void> {
    const peer = peerOf(id)

    if (peer == null) {
      await this.#refuse(messages, status.malformedMessage)
      onEnd()
      return
    }

    const to = this.#init.siteOf(peer.toString())

    if (to == null || peer.equals(connection.remotePeer)) {
      await this.#refuse(messages, status.permissionDenied)
      onEnd()
      return
    }

    const target = this.#connectionTo(peer)

    // a ticket lives for days: the authority may hold its reservations elsewhere by now, and is linked here all the same
    if (target == null || (from !== NEWCOMER && !this.#table.has(peer.toString()))) {
      await this.#refuse(messages, status.noReservation)
      onEnd()
      return
    }

    const share = this.#circuits.share(from, to)

    if (share == null) {
      this.#init.log.info({ from, to }, 'no room for a circuit')
      await this.#refuse(messages, status.resourceLimitExceeded)
      onEnd()
      return
    }

    let other: Stream | undefined
    let joined = false

    try {
      other = await this.#ask(target, connection.remotePeer)

      if (other == null) {
        await this.#refuse(messages, status.connectionFailed)
        return
      }

      await messages.write({ type: hop.status, status: status.ok, limit: this.#limit() })
      this.#circuits.join({ from, to, streams: [messages.release(), other], share, maxBytes, onEnd })
      joined = true
    } catch (error) {
      other?.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      // a circuit gives it back itself
      if (!joined) {
        share.release()
        onEnd()
      }
    }
  }

  /** Asks the far end whether it takes the circuit */
  async #ask (connection: Connection, caller: PeerId): Promise<Stream | undefined> {
    const signal = AbortSignal.timeout(HOP_TIMEOUT)
    let stream: Stream | undefined

    try {
      stream = await connection.newStream(STOP_PROTOCOL, { signal, maxOutboundStreams: MAX_CIRCUIT_STREAMS })
      const messages = new Messages(stream, StopMessage, signal)
      await messages.write({ type: stop.connect, peer: { id: bytes(caller), addrs: [] }, limit: this.#limit() })
      const answer = await messages.read()

      if (answer.status === status.ok) {
        return messages.release()
      }

      await stream.close({ signal })
    } catch (error) {
      this.#init.log.debug({ peer: connection.remotePeer.toString(), error: String(error) }, 'a circuit was not taken')
      stream?.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #refuse (messages: Messages<HopMessage>, code: number): Promise<void> {
    this.#refusals[statusName(code)] = (this.#refusals[statusName(code)] ?? 0) + 1
    await messages.write({ type: hop.status, status: code })
    await this.#hangUp(messages.release())
  }

  /** All is said: what still comes is thrown away, and who does not end its side either is cut */
  async #hangUp (stream: Stream): Promise<void> {
    const signal = AbortSignal.timeout(HOP_TIMEOUT)
    await stream.close({ signal })
    await stream.closeRead({ signal })

    if (stream.status === 'open') {
      const timer = this.#init.clock.setTimeout(() => { stream.abort(new Error('the other side did not end its request')) }, HOP_TIMEOUT)
      stream.addEventListener('close', () => { timer.cancel() }, { once: true })
    }
  }

  /** The newest direct one: an older one may be a connection that died unnoticed */
  #connectionTo (peer: PeerId): Connection | undefined {
    return this.#components.connectionManager.getConnections(peer)
      .filter(({ remoteAddr, status }) => status === 'open' && !isRelayed(remoteAddr.toString()))
      .sort((a, b) => b.timeline.open - a.timeline.open)[0]
  }

  async #reservation (peer: PeerId): Promise<CircuitReservation> {
    const { addressManager, peerId, privateKey } = this.#components
    const expire = Math.round((this.#init.clock.now() + RESERVATION_LIFE) / 1_000)

    return {
      expire,
      addrs: addressManager.getAddresses()
        .filter(address => !isRelayed(address.toString()) && !isPlaceholder(address.toString()))
        .slice(0, MAX_RELAY_ADDRESSES)
        .map(address => address.bytes as Uint8Array<ArrayBuffer>),
      voucher: await voucher({ relay: peerId, peer, expiration: expire, privateKey })
    }
  }

  /** Absent without one: then the connection counts as a full one at both ends */
  #limit (): CircuitLimit | undefined {
    const { maxCircuitBytes } = this.#init.limits

    return maxCircuitBytes > 0 ? { data: maxCircuitBytes } : undefined
  }
}

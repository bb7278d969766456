import { FaultTolerance } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { BeamError, UnreachableError } from '../core/errors.ts'
import { ENROLL_PROTOCOL, ENROLL_TIMEOUT, MAX_ENROLL_ANSWER, MAX_ENROLL_ANSWERS } from '../protocols/enroll/constants.ts'
import { EnrollAnswer } from '../protocols/enroll/pb/enroll.ts'
import { FrameReader } from '../protocols/framing/reader.ts'
import { FrameWriter } from '../protocols/framing/writer.ts'
import { withPeer } from './addresses.ts'
import { unreached } from './enroll-errors.ts'
import { muxer } from './muxer.ts'
import { PROXIED_DIAL_TIMEOUT } from './proxy/constants.ts'
import { straight } from './proxy/create-outbound.ts'
import { through443First } from './proxy/order.ts'
import { CircuitTransport } from './relay/transport.ts'
import { outboundWebSockets, throughProxy } from './websocket/transport.ts'
import type { Outbound } from './proxy/index.ts'
import type { CircuitComponents } from './relay/transport.ts'
import type { NewcomerPass } from '../membership/enroll/pass.ts'
import type { Connection, PrivateKey } from '@libp2p/interface'

/** For reaching the inviter, ms */
const DIAL_TIMEOUT = 15_000

export interface EnrollInit {
  /** Who redeems it, as the ticket names it */
  ticket: { peer: string, addresses: string[], pass?: NewcomerPass }
  /** Encoded EnrollRequest */
  request: Uint8Array
  /** Key of the joiner's future peer id: the request's MAC names it */
  peerKey: PrivateKey
  /** How the connection leaves. @default straight */
  outbound?: Outbound
  signal?: AbortSignal
}

/** The inviter took the connection and did not answer as it should */
export class EnrollCutError extends BeamError {
  constructor (message: string, options?: ErrorOptions) {
    super('UNREACHABLE', message, options)
    this.name = 'EnrollCutError'
  }
}

/**
 * Hands a request to the inviter over a libp2p of its own, which lives only for that.
 * Whether the answers are genuine and what they mean is checked by membership.
 *
 * @throws {UnreachableError} when no address of the ticket answers
 * @throws {EnrollCutError} when the inviter answers nothing, or not in time
 */
export async function enroll ({ ticket, request, peerKey, outbound = straight(), signal }: EnrollInit): Promise<EnrollAnswer[]> {
  if (ticket.addresses.length === 0) {
    throw new UnreachableError('the ticket names no address at which the inviting site can be reached: ask for a new one, made while that site is running')
  }

  const node = await createLibp2p({
    privateKey: peerKey,
    transports: [throughProxy(tcp(), outbound), outboundWebSockets(outbound), (components) => new CircuitTransport(components as unknown as CircuitComponents, { pass: ticket.pass })],
    connectionManager: outbound.view() == null ? {} : { addressSorter: (a, b) => through443First(a.multiaddr.toString(), b.multiaddr.toString()), addressDialTimeout: PROXIED_DIAL_TIMEOUT, dialTimeout: PROXIED_DIAL_TIMEOUT },
    connectionEncrypters: [noise()],
    streamMuxers: [muxer()],
    connectionMonitor: { enabled: false },
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL }
  })

  try {
    const limit = AbortSignal.timeout(DIAL_TIMEOUT)
    const connection = await node.dial(ticket.addresses.map(address => multiaddr(withPeer(address, ticket.peer))), {
      signal: signal == null ? limit : AbortSignal.any([signal, limit])
    }).catch((error: Error) => { throw unreached(ticket.addresses, error) })

    return await exchange(connection, request, signal)
  } finally {
    await node.stop()
  }
}

async function exchange (connection: Connection, request: Uint8Array, given?: AbortSignal): Promise<EnrollAnswer[]> {
  const limit = AbortSignal.timeout(ENROLL_TIMEOUT)
  const signal = given == null ? limit : AbortSignal.any([given, limit])

  try {
    const stream = await connection.newStream(ENROLL_PROTOCOL, { signal })
    const reader = new FrameReader(stream, { maxFrame: MAX_ENROLL_ANSWER, highWater: MAX_ENROLL_ANSWER })
    await new FrameWriter(stream).write(request)
    const answers: EnrollAnswer[] = []

    do {
      const bytes = await reader.read(signal)

      if (bytes == null || answers.length === MAX_ENROLL_ANSWERS) {
        throw new EnrollCutError('the inviting site ended the enrolment before it had answered: try again with the same ticket')
      }

      answers.push(EnrollAnswer.decode(bytes))
    } while (answers.at(-1)?.more === true)

    await stream.close({ signal })

    return answers
  } catch (error) {
    if (error instanceof EnrollCutError) {
      throw error
    }

    const said = error instanceof Error ? error.message : String(error)
    const why = limit.aborted ? `it did not answer within ${ENROLL_TIMEOUT / 1_000} s` : said

    throw new EnrollCutError(`the inviting site took the connection but the enrolment was cut: ${why}; try again with the same ticket`, { cause: error })
  }
}

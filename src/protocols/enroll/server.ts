import { ENROLL_REFUSALS, enrollRefusal } from '../../membership/enroll/codes.ts'
import { FrameReader } from '../framing/reader.ts'
import { FrameWriter } from '../framing/writer.ts'
import { hostOf } from '../host-of.ts'
import { RateLimit } from '../rate-limit.ts'
import { ENROLL_ADDRESS_RATE, ENROLL_LOG_RATE, ENROLL_REQUEST_TIMEOUT, ENROLL_TOTAL_RATE, MAX_ENROLL_REQUEST, MAX_ENROLLMENTS } from './constants.ts'
import { EnrollAnswer } from './pb/enroll.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Authority } from '../../membership/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

/** Admitted, or an operator has to agree first: nobody gets such an answer by guessing */
const HARMLESS: number[] = [0, ENROLL_REFUSALS.waiting[0]]

export interface EnrollServerComponents {
  /** Absent at sites that admit nobody */
  authority?: Pick<Authority, 'redeem'>
  /** Own peer id */
  peerId: string
  clock: Clock
  log: Log
}

/**
 * /beam/enroll/1.0.0 at the inviter: one request a stream, from peers that are not
 * members yet. A stream costs its address a token until it turns out to be an
 * admission, also when nothing ever comes on it; how many wait for their request is
 * bounded by the quarantine and keeps nobody else from being served.
 */
export class EnrollServer {
  readonly #components: EnrollServerComponents
  readonly #addresses: RateLimit
  readonly #total: RateLimit
  readonly #lines: RateLimit
  #running = 0
  #unlogged = 0

  constructor (components: EnrollServerComponents) {
    this.#components = components
    this.#addresses = new RateLimit(components.clock, ENROLL_ADDRESS_RATE)
    this.#total = new RateLimit(components.clock, ENROLL_TOTAL_RATE)
    this.#lines = new RateLimit(components.clock, ENROLL_LOG_RATE)
  }

  readonly handle = (stream: Stream, connection: Connection): void => {
    this.#serve(stream, connection).catch((error: Error) => {
      this.#cut(connection, error)
      stream.abort(error)
    })
  }

  async #serve (stream: Stream, connection: Connection): Promise<void> {
    const reader = new FrameReader(stream, { maxFrame: MAX_ENROLL_REQUEST, highWater: MAX_ENROLL_REQUEST })
    const writer = new FrameWriter(stream)

    for (const answer of await this.#answers(reader, connection)) {
      await writer.write(answer)
    }

    await writer.close()
  }

  async #answers (reader: FrameReader, connection: Connection): Promise<Uint8Array[]> {
    const { authority } = this.#components

    if (authority == null) {
      return [enrollRefusal('not-authority')]
    }

    const address = hostOf(connection.remoteAddr)

    if (!this.#addresses.take(address)) {
      return [enrollRefusal('limited')]
    }

    const request = await reader.read(AbortSignal.timeout(ENROLL_REQUEST_TIMEOUT))

    if (request == null) {
      throw new Error('no request came')
    }

    if (!this.#total.take('all')) {
      return [enrollRefusal('limited')]
    }

    const answers = await this.#redeem(authority, request, connection)

    // who waits for an operator holds a ticket, and asks again every few seconds for hours
    if (answers.length > 0 && HARMLESS.includes(EnrollAnswer.decode(answers[0]).code)) {
      this.#addresses.giveBack(address)
      this.#total.giveBack('all')
    }

    return answers
  }

  async #redeem (authority: Pick<Authority, 'redeem'>, request: Uint8Array, connection: Connection): Promise<Uint8Array[]> {
    const { peerId, log } = this.#components

    if (this.#running >= MAX_ENROLLMENTS) {
      return [enrollRefusal('unavailable')]
    }

    this.#running++

    try {
      return await authority.redeem(request, { joiner: connection.remotePeer.toString(), inviter: peerId })
    } catch (error) {
      log.error({ error: String(error) }, 'an enrolment could not be carried out')

      return [enrollRefusal('unavailable')]
    } finally {
      this.#running--
    }
  }

  /** Anyone can make an enrolment fail: a line for each kind of failure now and then */
  #cut (connection: Connection, error: Error): void {
    if (!this.#lines.take(error.name)) {
      this.#unlogged++
      return
    }

    this.#components.log.warn({ peer: connection.remotePeer.toString(), error: error.message, unlogged: this.#unlogged }, 'an enrolment was cut')
    this.#unlogged = 0
  }
}

import { hostOf } from '../protocols/host-of.ts'
import { QUARANTINE_LIMIT, QUARANTINE_PER_ADDRESS, QUARANTINE_TIME } from './constants.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface QuarantineComponents {
  isMember(peer: string): boolean
  clock: Clock
  log: Log
}

export interface QuarantineInit {
  /** ms. @default 30_000 */
  time?: number
  /** @default 32 */
  limit?: number
  /** @default 8 */
  perAddress?: number
}

/**
 * Connections that the roster sync has not let in yet. Each is closed when its time is
 * up; of peers that are not members only a few are held at a time, and the newest is
 * refused.
 */
export class Quarantine {
  readonly #components: QuarantineComponents
  readonly #time: number
  readonly #limit: number
  readonly #perAddress: number
  readonly #held = new Map<Connection, Timer>()

  constructor (components: QuarantineComponents, init: QuarantineInit = {}) {
    this.#components = components
    this.#time = init.time ?? QUARANTINE_TIME
    this.#limit = init.limit ?? QUARANTINE_LIMIT
    this.#perAddress = init.perAddress ?? QUARANTINE_PER_ADDRESS
  }

  /** Whether one more outsider from this address finds room */
  hasRoom (address: Multiaddr): boolean {
    const host = hostOf(address)
    let all = 0
    let same = 0

    for (const { remotePeer, remoteAddr } of this.#held.keys()) {
      if (!this.#components.isMember(remotePeer.toString())) {
        all++
        same += hostOf(remoteAddr) === host ? 1 : 0
      }
    }

    return all < this.#limit && same < this.#perAddress
  }

  has (connection: Connection): boolean {
    return this.#held.has(connection)
  }

  get size (): number {
    return this.#held.size
  }

  add (connection: Connection): void {
    const peer = connection.remotePeer.toString()

    // several may have passed the gater at once
    if (!this.#components.isMember(peer) && !this.hasRoom(connection.remoteAddr)) {
      connection.abort(new Error('too many connections of peers that are not members'))
      return
    }

    const timer = this.#components.clock.setTimeout(() => {
      this.#held.delete(connection)
      this.#components.log.info({ peer, address: connection.remoteAddr.toString() }, 'a connection that was not let in is closed')
      connection.abort(new Error('not let in'))
    }, this.#time)

    this.#held.set(connection, timer)
    connection.addEventListener('close', () => { this.release(connection) }, { once: true })
  }

  /** The roster sync let it in, or it is gone */
  release (connection: Connection): void {
    this.#held.get(connection)?.cancel()
    this.#held.delete(connection)
  }

  stop (): void {
    for (const timer of this.#held.values()) {
      timer.cancel()
    }

    this.#held.clear()
  }
}

import { hostOf } from '../../protocols/host-of.ts'
import { RateLimit } from '../../protocols/rate-limit.ts'
import { MAX_NEWCOMER_STREAMS, MAX_NEWCOMERS, NEWCOMER_ADDRESS_RATE, NEWCOMER_TOTAL_RATE } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { NewcomerPass } from '../../membership/enroll/pass.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Stands for all of them where a circuit names its ends: no member has a name without a network */
export const NEWCOMER: SiteId = 'newcomer'

export interface NewcomersInit {
  /** Whether the authority signed the pass for that peer */
  check(pass: NewcomerPass, peer: string): Promise<boolean>
  clock: Clock
}

/**
 * Whoever joins and can reach only this member is connected to the inviter, on the
 * authority's word, for the enrolment and no more: a few at a time, a few bytes, and
 * its own connection ends with its quarantine. Strangers without that word get nothing.
 */
export class Newcomers {
  readonly #init: NewcomersInit
  readonly #addresses: RateLimit
  readonly #total: RateLimit
  readonly #streams = new WeakMap<Connection, number>()
  #running = 0

  constructor (init: NewcomersInit) {
    this.#init = init
    this.#addresses = new RateLimit(init.clock, NEWCOMER_ADDRESS_RATE)
    this.#total = new RateLimit(init.clock, NEWCOMER_TOTAL_RATE)
  }

  /** Whether this connection may ask now: every stream can hold a window of bytes that nobody wants */
  admits (connection: Connection, stream: Stream): boolean {
    const open = this.#streams.get(connection) ?? 0

    if (open >= MAX_NEWCOMER_STREAMS) {
      return false
    }

    this.#streams.set(connection, open + 1)
    stream.addEventListener('close', () => { this.#streams.set(connection, (this.#streams.get(connection) ?? 1) - 1) }, { once: true })

    return true
  }

  /** What ends it, or undefined: it may not */
  async enter (pass: NewcomerPass, peer: string, address: Multiaddr): Promise<(() => void) | undefined> {
    if (this.#running >= MAX_NEWCOMERS || !this.#addresses.take(hostOf(address))) {
      return
    }

    // counted before the signature is looked at: several may ask at once
    this.#running++
    let left = false

    const leave = (): void => {
      if (!left) {
        left = true
        this.#running--
      }
    }

    try {
      // a pass that somebody made up costs those with a real one nothing
      if (await this.#init.check(pass, peer) && this.#total.take('all')) {
        return leave
      }
    } catch (error) {
      leave()
      throw error
    }

    leave()
  }
}

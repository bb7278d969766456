import { RateLimit } from '../../protocols/rate-limit.ts'
import { MAX_NEWCOMERS, NEWCOMER_ADDRESS_RATE, NEWCOMER_TOTAL_RATE } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { NewcomerPass } from '../../membership/enroll/pass.ts'
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
  #running = 0

  constructor (init: NewcomersInit) {
    this.#init = init
    this.#addresses = new RateLimit(init.clock, NEWCOMER_ADDRESS_RATE)
    this.#total = new RateLimit(init.clock, NEWCOMER_TOTAL_RATE)
  }

  /** What ends it, or undefined: it may not */
  async enter (pass: NewcomerPass, peer: string, address: Multiaddr): Promise<(() => void) | undefined> {
    const host = address.toString().split('/').slice(1, 3).join('/')

    if (this.#running >= MAX_NEWCOMERS || !this.#addresses.take(host) || !this.#total.take('all')) {
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
      if (await this.#init.check(pass, peer)) {
        return leave
      }
    } catch (error) {
      leave()
      throw error
    }

    leave()
  }
}

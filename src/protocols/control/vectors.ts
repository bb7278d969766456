import { RateLimit } from '../rate-limit.ts'
import { batches } from './batches.ts'
import { MAX_NEWS, VECTOR_RATE } from './constants.ts'
import { hasNewer, lackingSites, vectorPages } from './vector-pages.ts'
import type { ControlLink } from './link.ts'
import type { RecordVector } from './pb/control.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { SiteRecords } from '../../membership/index.ts'

export interface VectorsComponents {
  records: Pick<SiteRecords, 'versions' | 'signed'>
  clock: Pick<Clock, 'monotonic'>
  log: Log
}

interface Exchange {
  /** Sites whose records are still to go to the peer, who may read slowly */
  owed: SiteId[]
  answering: boolean
  /** Where the peer's next vector must begin to belong to the one before; undefined: none is expected */
  next?: string
  /** A vector of ours went back in answer to one of theirs */
  replied: boolean
}

/**
 * Which records two sites have, compared over a link. A few bytes of a vector make us
 * send every record we hold, so the answer goes out only as fast as the peer reads it,
 * one at a time, and a few in a minute. What a large network needs several vectors for
 * counts as one. It is answered with ours once: of two members that each refuse a
 * record of the other, neither would ever have all.
 */
export class Vectors {
  readonly #components: VectorsComponents
  readonly #rate: RateLimit
  readonly #exchanges = new WeakMap<ControlLink, Exchange>()

  constructor (components: VectorsComponents) {
    this.#components = components
    this.#rate = new RateLimit(components.clock, VECTOR_RATE)
  }

  /** Begins a comparison */
  begin (link: ControlLink): void {
    this.#exchange(link).replied = false
    this.#send(link)
  }

  take (link: ControlLink, vector: RecordVector): void {
    const exchange = this.#exchange(link)

    if (!this.#belongs(link, exchange, vector)) {
      return
    }

    const ours = this.#components.records.versions()
    const { after, upto } = vector
    // a new comparison takes the place of one that the peer did not read to its end
    exchange.owed = [...(after == null ? [] : exchange.owed), ...lackingSites(ours, vector)]
    // an end that is not behind the beginning is none: each vector of one comparison tells of other sites
    exchange.next = upto != null && upto > (after ?? '') ? upto : undefined

    if (!exchange.replied && hasNewer(ours, vector)) {
      exchange.replied = true
      this.#send(link)
    }

    this.#answer(link, exchange)
  }

  /** Whether it begins a comparison, which costs something, or goes on with one */
  #belongs (link: ControlLink, exchange: Exchange, { after }: RecordVector): boolean {
    return after == null ? this.#rate.take(link.connection.id) : after === exchange.next
  }

  #answer (link: ControlLink, exchange: Exchange): void {
    if (exchange.answering || exchange.owed.length === 0) {
      return
    }

    exchange.answering = true
    this.#pay(link, exchange)
      .catch((error: Error) => { this.#components.log.debug({ site: link.site, error: error.message }, 'records did not all reach a peer') })
  }

  async #pay (link: ControlLink, exchange: Exchange): Promise<void> {
    try {
      while (exchange.owed.length > 0) {
        const sites = exchange.owed.splice(0, MAX_NEWS)

        for (const batch of batches(sites.flatMap(site => this.#components.records.signed(site) ?? []))) {
          await link.write({ records: { records: batch } })
        }
      }
    } finally {
      exchange.answering = false
    }
  }

  #send (link: ControlLink): void {
    for (const vector of vectorPages(this.#components.records.versions())) {
      link.sendUrgent({ recordVector: vector })
    }
  }

  #exchange (link: ControlLink): Exchange {
    let exchange = this.#exchanges.get(link)

    if (exchange == null) {
      exchange = { owed: [], answering: false, replied: false }
      this.#exchanges.set(link, exchange)
    }

    return exchange
  }
}

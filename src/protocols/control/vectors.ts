import { RateLimit } from '../rate-limit.ts'
import { batches } from './batches.ts'
import { VECTOR_RATE } from './constants.ts'
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
  /** Records are on their way to the peer, who may read slowly */
  answering: boolean
  /** The newest vector that came meanwhile */
  next?: RecordVector
  /** A vector of ours went back in answer to one of theirs */
  replied: boolean
}

/**
 * Which records two sites have, compared over a link. A few bytes of a vector make us
 * send every record we hold, so the answer goes out only as fast as the peer reads it,
 * one at a time, and a few in a minute. A vector is answered with one of ours once: of two
 * members that each refuse a record of the other, neither would ever have all.
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

    if (exchange.answering) {
      exchange.next = vector
    } else if (this.#rate.take(link.connection.id)) {
      exchange.answering = true
      this.#answer(link, exchange, vector)
        .catch((error: Error) => { this.#components.log.debug({ site: link.site, error: error.message }, 'records did not all reach a peer') })
        .finally(() => {
          exchange.answering = false
          const { next } = exchange
          exchange.next = undefined

          if (next != null && !link.down) {
            this.take(link, next)
          }
        })
    }
  }

  async #answer (link: ControlLink, exchange: Exchange, { versions }: RecordVector): Promise<void> {
    const { records } = this.#components
    const theirs = new Map(versions.map(({ site, sequence }) => [site, sequence]))
    const ours = new Map(records.versions().map(({ site, sequence }) => [site, sequence]))
    const news: Uint8Array[] = []

    for (const [site, sequence] of ours) {
      const signed = sequence > (theirs.get(site) ?? 0) ? records.signed(site) : undefined

      if (signed != null) {
        news.push(signed)
      }
    }

    if (!exchange.replied && versions.some(({ site, sequence }) => sequence > (ours.get(site) ?? 0))) {
      exchange.replied = true
      this.#send(link)
    }

    for (const batch of batches(news)) {
      await link.write({ records: { records: batch } })
    }
  }

  #send (link: ControlLink): void {
    // 4,096 is the limit of the frame; a larger network compares the first so many and floods the rest
    const versions = this.#components.records.versions().slice(0, 4_096) as Array<{ site: SiteId, sequence: number }>
    link.sendUrgent({ recordVector: { versions } })
  }

  #exchange (link: ControlLink): Exchange {
    let exchange = this.#exchanges.get(link)

    if (exchange == null) {
      exchange = { answering: false, replied: false }
      this.#exchanges.set(link, exchange)
    }

    return exchange
  }
}

import { RateLimit } from '../rate-limit.ts'
import { MAX_LATE_RECORDS, RECORD_RATE } from './constants.ts'
import type { ControlLink } from './link.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'

/** A record that came too soon is looked at after so long, ms */
const LATER = 1_000

export interface RecordPaceComponents {
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>
  take(link: ControlLink, records: Uint8Array[]): void
}

interface Late {
  link: ControlLink
  sequence: number
  signed: Uint8Array
}

/**
 * Each new record is a write to the disk, news for all links and a new address to dial:
 * a site that makes them quickly is taken at its word once a second, at its newest one.
 * Counted by site and by who sends it, so that nobody can hold up the news of another.
 */
export class RecordPace {
  readonly #components: RecordPaceComponents
  readonly #rate: RateLimit
  readonly #late = new Map<string, Late>()
  #timer: Timer | undefined

  constructor (components: RecordPaceComponents) {
    this.#components = components
    this.#rate = new RateLimit(components.clock, RECORD_RATE)
  }

  /** False when it came too soon: then it is kept until its time, unless a newer one comes */
  now (link: ControlLink, site: SiteId, sequence: number, signed: Uint8Array): boolean {
    const key = `${link.peerId} ${site}`

    if (this.#rate.take(key)) {
      return true
    }

    const late = this.#late.get(key)

    if (late == null ? this.#late.size < MAX_LATE_RECORDS : late.sequence < sequence) {
      this.#late.set(key, { link, sequence, signed })
      this.#timer ??= this.#components.clock.setTimeout(() => { this.#release() }, LATER)
    }

    return false
  }

  stop (): void {
    this.#timer?.cancel()
    this.#late.clear()
  }

  #release (): void {
    this.#timer = undefined
    const late = [...this.#late.values()]
    this.#late.clear()

    for (const { link, signed } of late) {
      this.#components.take(link, [signed])
    }
  }
}

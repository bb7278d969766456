import { backoff } from '../backoff.ts'
import { RelayRefusedError } from './errors.ts'
import type { RelayTrouble } from './index.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Random } from '../../core/random.ts'

/** A relay that has no room is not asked again before, ms; twice as long each time */
const FULL_WAIT = 30_000

/** One that does not relay, or not for this site, ms */
const NOT_A_RELAY = 600_000

/** Longest wait of all, ms */
const LONGEST = 600_000

interface Trouble extends RelayTrouble {
  /** Monotonic ms */
  notBefore: number
}

/** Relays that did not give a reservation, and when each may be asked again: never given up, never hammered */
export class Troubles {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #random: Pick<Random, 'float'>
  readonly #troubles = new Map<SiteId, Trouble>()

  constructor ({ clock, random }: { clock: Pick<Clock, 'now' | 'monotonic'>, random: Pick<Random, 'float'> }) {
    this.#clock = clock
    this.#random = random
  }

  has (site: SiteId): boolean {
    return this.#troubles.has(site)
  }

  mayAsk (site: SiteId, now: number): boolean {
    return (this.#troubles.get(site)?.notBefore ?? 0) <= now
  }

  over (site: SiteId): void {
    this.#troubles.delete(site)
  }

  /** All may be asked at once */
  forget (): void {
    this.#troubles.clear()
  }

  /** For people; undefined when nothing is wrong with it */
  view (site: SiteId): RelayTrouble | undefined {
    const trouble = this.#troubles.get(site)

    if (trouble != null) {
      const { relay, kind, message, at, again, failures } = trouble

      return { relay, kind, message, at, again, failures }
    }
  }

  /** How long it is left alone now, ms */
  failed (relay: SiteId, error: unknown): number {
    const failures = (this.#troubles.get(relay)?.failures ?? 0) + 1
    const kind = kindOf(error)
    const wait = kind === 'failed' ? backoff(failures, this.#random) : kind === 'full' ? Math.min(FULL_WAIT * 2 ** Math.min(failures - 1, 10), LONGEST) : NOT_A_RELAY
    const pause = wait * (0.75 + 0.25 * this.#random.float())
    const at = this.#clock.now()
    this.#troubles.set(relay, {
      relay,
      kind,
      message: error instanceof Error ? error.message : String(error),
      at,
      again: at + Math.round(pause),
      failures,
      notBefore: this.#clock.monotonic() + pause
    })

    return wait
  }
}

function kindOf (error: unknown): RelayTrouble['kind'] {
  if (error instanceof RelayRefusedError) {
    return error.full ? 'full' : 'refused'
  }

  return error instanceof Error && error.name === 'UnsupportedProtocolError' ? 'no relay' : 'failed'
}

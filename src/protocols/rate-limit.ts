import { BoundedMap } from '../core/bounded-map.ts'
import type { Clock } from '../core/clock.ts'

export interface RateLimitInit {
  /** Events at once */
  burst: number
  /** Events per second over time */
  rate: number
  /** Keys remembered; the oldest is forgotten. @default 1_024 */
  keys?: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets by key, in constant memory */
export class RateLimit {
  readonly #buckets: BoundedMap<string, Bucket>
  readonly #init: RateLimitInit
  readonly #clock: Pick<Clock, 'monotonic'>

  constructor (clock: Pick<Clock, 'monotonic'>, init: RateLimitInit) {
    this.#clock = clock
    this.#init = init
    this.#buckets = new BoundedMap(init.keys ?? 1_024)
  }

  /** False when the key has used up its share */
  take (key: string): boolean {
    const now = this.#clock.monotonic()
    const before = this.#buckets.get(key)
    const tokens = before == null ? this.#init.burst : Math.min(this.#init.burst, before.tokens + (now - before.at) / 1_000 * this.#init.rate)
    const allowed = tokens >= 1
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now })

    return allowed
  }

  /** The event turned out to be harmless */
  giveBack (key: string): void {
    const bucket = this.#buckets.get(key)

    if (bucket != null) {
      bucket.tokens = Math.min(this.#init.burst, bucket.tokens + 1)
    }
  }
}

import { LimitError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'

/** Wrong keys for one app that are answered at once; and how many more each second */
export const APP_FAILURES = { burst: 20, rate: 1 }

/** The same for all apps together, known or not */
export const ALL_FAILURES = { burst: 200, rate: 20 }

/** Beyond that, the answer to a wrong key waits so long, ms. @default 500 */
export const FAILURE_DELAY = 500

/** Answers that wait at a time; more go out at once, so that waiting costs no memory */
export const MAX_DELAYED = 64

/** Ids share so many places, whether such an app exists or not: memory is fixed and nothing tells which apps there are */
const PLACES = 256

interface Bucket {
  tokens: number
  /** Monotonic ms */
  at: number
}

/**
 * Slows down who guesses keys. Only the answers to wrong keys are touched: while
 * others guess, the right key is served as ever, so that nobody can lock an app out.
 */
export class FailedTries {
  readonly #clock: Clock
  readonly #place: (id: string) => number
  readonly #places: Bucket[]
  readonly #all: Bucket
  #delayed = 0

  /** `digest` spreads ids in a way that nobody outside can foresee */
  constructor (clock: Clock, digest: (id: string) => Uint8Array) {
    const at = clock.monotonic()

    this.#clock = clock
    this.#place = (id) => digest(id)[0]
    this.#places = Array.from({ length: PLACES }, () => ({ tokens: APP_FAILURES.burst, at }))
    this.#all = { tokens: ALL_FAILURES.burst, at }
  }

  /** Answers that wait now */
  get delayed (): number {
    return this.#delayed
  }

  /**
   * A key was wrong.
   *
   * @throws {LimitError} when too many were
   */
  async add (id: string): Promise<void> {
    const wait = Math.max(this.#take(this.#places[this.#place(id)], APP_FAILURES), this.#take(this.#all, ALL_FAILURES))

    if (wait === 0) {
      return
    }

    if (this.#delayed < MAX_DELAYED) {
      this.#delayed++
      await new Promise<void>((resolve) => { this.#clock.setTimeout(resolve, FAILURE_DELAY) })
      this.#delayed--
    }

    throw new LimitError('too many wrong keys were tried', wait)
  }

  /** 0 when there was a token, else seconds until there is one */
  #take (bucket: Bucket, { burst, rate }: { burst: number, rate: number }): number {
    const now = this.#clock.monotonic()

    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1_000 * rate)
    bucket.at = now

    if (bucket.tokens >= 1) {
      bucket.tokens--

      return 0
    }

    return Math.ceil((1 - bucket.tokens) / rate)
  }
}

import { BoundedMap } from '../../core/bounded-map.ts'
import type { Clock } from '../../core/clock.ts'

/** Wrong tickets that one peer may try at once. @default 5 */
export const PEER_GUESSES = 5

/** Time after which a peer may try one more, ms. @default 12_000 */
export const PEER_REFILL = 12_000

/** Wrong tickets that all peers together may try at once. @default 60 */
export const ALL_GUESSES = 60

/** Time after which one more is allowed to all, ms. @default 1_000 */
export const ALL_REFILL = 1_000

/** Peers that are remembered; a peer id costs an attacker nothing, memory is ours */
const REMEMBERED_PEERS = 4_096

interface Bucket { left: number, at: number }

/**
 * Counts wrong tickets, not honest ones: whoever holds a ticket that is known here
 * is not kept out by a stranger who tries many that are not.
 */
export class GuessLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #peers = new BoundedMap<string, Bucket>(REMEMBERED_PEERS)
  readonly #all: Bucket

  constructor (clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
    this.#all = { left: ALL_GUESSES, at: clock.monotonic() }
  }

  /** Whether this peer guessed too much: nothing of its request is looked at */
  peerIsLimited (peer: string): boolean {
    return this.#refilled(this.#bucket(peer), PEER_GUESSES, PEER_REFILL).left < 1
  }

  /** Counts a wrong ticket; false when there were too many, from this peer or from all */
  count (peer: string): boolean {
    const mine = this.#refilled(this.#bucket(peer), PEER_GUESSES, PEER_REFILL)
    const all = this.#refilled(this.#all, ALL_GUESSES, ALL_REFILL)

    if (mine.left < 1 || all.left < 1) {
      return false
    }

    mine.left--
    all.left--

    return true
  }

  #bucket (peer: string): Bucket {
    let bucket = this.#peers.get(peer)

    if (bucket == null) {
      bucket = { left: PEER_GUESSES, at: this.#clock.monotonic() }
      this.#peers.set(peer, bucket)
    }

    return bucket
  }

  #refilled (bucket: Bucket, size: number, interval: number): Bucket {
    const now = this.#clock.monotonic()
    bucket.left = Math.min(size, bucket.left + (now - bucket.at) / interval)
    bucket.at = now

    return bucket
  }
}

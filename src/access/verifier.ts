/**
 * One app's key, ready to be compared. Every comparison is of 32-byte digests in
 * constant time.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { LimitError } from '../core/errors.ts'
import { sha256, slowHash } from './hash-key.ts'
import type { HashedKey } from './hash-key.ts'
import type { Clock } from '../core/clock.ts'
import type { KeyObject } from 'node:crypto'

export interface Verifier {
  /**
   * A boolean where the answer is at hand: nearly always.
   *
   * @throws {LimitError} when too many keys were tried that need the slow hash
   */
  verify(key: string): boolean | Promise<boolean>
}

/** Keys tried with the slow hash for one app in `TRY_WINDOW` */
export const MAX_TRIES = 10

/** ms */
export const TRY_WINDOW = 10_000

export function createVerifier (stored: HashedKey, memory: KeyMemory, clock: Clock): Verifier {
  return stored.scheme === 'sha256' ? new GeneratedKey(stored.hash) : new ChosenKey(stored, memory, clock)
}

/** Remembers keys as HMACs under a secret of this process, so that no key and nothing that can be guessed offline stays in memory */
export class KeyMemory {
  readonly #secret: KeyObject

  constructor (secret: Uint8Array) {
    // five times as fast as the bytes
    this.#secret = createSecretKey(secret)
  }

  digest (key: string): Uint8Array {
    return createHmac('sha256', this.#secret).update(key).digest()
  }
}

/** Also what an unknown app is compared with: the same work, never equal */
export class GeneratedKey implements Verifier {
  readonly #hash: Uint8Array

  constructor (hash: Uint8Array) {
    this.#hash = hash
  }

  verify (key: string): boolean {
    return timingSafeEqual(sha256(key), this.#hash)
  }
}

/** From the environment: known in the clear at start, compared by HMAC */
export class GivenKey implements Verifier {
  readonly #memory: KeyMemory
  readonly #digest: Uint8Array

  constructor (key: string, memory: KeyMemory) {
    this.#memory = memory
    this.#digest = memory.digest(key)
  }

  verify (key: string): boolean {
    return timingSafeEqual(this.#memory.digest(key), this.#digest)
  }
}

/**
 * The slow hash runs until the key was right once; from then on the HMAC decides.
 * Until then tries are limited, and the same key tried many times at once costs one.
 *
 * Nothing tells the right key from a wrong one before it was hashed. So who guesses at
 * an app that did not call since the start can keep it waiting, to the end of each
 * window, until a call of it gets through once. A generated key has no such limit.
 */
class ChosenKey implements Verifier {
  readonly #stored: HashedKey
  readonly #memory: KeyMemory
  readonly #clock: Clock
  #right?: Uint8Array
  /** Tries of the present window by HMAC: still running, or known to be wrong */
  readonly #tries = new Map<string, Promise<boolean>>()
  #windowEnds = 0

  constructor (stored: HashedKey, memory: KeyMemory, clock: Clock) {
    this.#stored = stored
    this.#memory = memory
    this.#clock = clock
  }

  verify (key: string): boolean | Promise<boolean> {
    const digest = this.#memory.digest(key)

    if (this.#right != null) {
      return timingSafeEqual(digest, this.#right)
    }

    return this.#try(key, digest)
  }

  #try (key: string, digest: Uint8Array): Promise<boolean> {
    const now = this.#clock.monotonic()

    if (now >= this.#windowEnds) {
      this.#tries.clear()
      this.#windowEnds = now + TRY_WINDOW
    }

    const name = Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('base64')
    const running = this.#tries.get(name)

    if (running != null) {
      return running
    }

    if (this.#tries.size >= MAX_TRIES) {
      throw new LimitError('too many wrong keys were tried for this app: for now no other is looked at, not even the right one', Math.ceil((this.#windowEnds - now) / 1_000))
    }

    const answer = this.#check(key, digest)

    this.#tries.set(name, answer)

    return answer
  }

  async #check (key: string, digest: Uint8Array): Promise<boolean> {
    const right = timingSafeEqual(await slowHash(key, this.#stored.salt), this.#stored.hash)

    if (right) {
      this.#right = digest
      this.#tries.clear()
    }

    return right
  }
}

import { createHash } from 'node:crypto'
import { EnvelopeError } from './errors.ts'
import { MAX_INNER } from './index.ts'
import { PREFIX } from './limits.ts'
import { checkBody, innerLength } from './open.ts'
import type { ContentReader, Inner, Opening } from './index.ts'
import type { Hash } from 'node:crypto'

/**
 * Reads the content of a large envelope chunk by chunk. After a restart the chunks
 * that are on disk already are pushed again, as plaintext: that is a hash, no
 * decryption and no network.
 */
export function createContentReader (opening: Opening): ContentReader {
  return new ChunkedContent(opening)
}

class ChunkedContent implements ContentReader {
  inner: Inner | undefined
  bodyOffset: number | undefined
  readonly #opening: Opening
  readonly #bodyHash: Hash = createHash('sha256')
  /** Bytes of Inner, as far as they came */
  #innerBytes: Uint8Array | undefined
  #received = 0

  constructor (opening: Opening) {
    this.#opening = opening
  }

  push (plaintext: Uint8Array): void {
    if (this.#received + plaintext.byteLength > this.#opening.plaintextSize) {
      throw new RangeError('more plaintext than the envelope has')
    }

    const innerBytes = this.#innerBytes ??= this.#begin(plaintext)
    const at = this.#received
    this.#received += plaintext.byteLength

    if (this.inner == null) {
      const bodyOffset = PREFIX + innerBytes.byteLength
      const from = Math.max(PREFIX - at, 0)
      const part = plaintext.subarray(from, Math.max(bodyOffset - at, 0))
      innerBytes.set(part, at + from - PREFIX)

      if (this.#received < bodyOffset) {
        return
      }

      this.inner = this.#opening.inner(innerBytes)
      this.bodyOffset = bodyOffset
      this.#bodyHash.update(plaintext.subarray(bodyOffset - at))
    } else {
      this.#bodyHash.update(plaintext)
    }
  }

  finish (): { inner: Inner, bodyOffset: number } {
    const { inner, bodyOffset } = this

    if (inner == null || bodyOffset == null || this.#received !== this.#opening.plaintextSize) {
      throw new RangeError('chunks are missing')
    }

    checkBody(this.#bodyHash.digest(), inner)

    return { inner, bodyOffset }
  }

  #begin (first: Uint8Array): Uint8Array {
    const length = innerLength(first, this.#opening.plaintextSize)

    if (length > MAX_INNER) {
      throw new EnvelopeError('too-large', `inner has at most ${MAX_INNER} bytes, not ${length}`, 'for-good')
    }

    return new Uint8Array(length)
  }
}

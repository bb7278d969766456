import { createDecipheriv, timingSafeEqual } from 'node:crypto'
import { contentTag } from './content-keys.ts'
import { EnvelopeError } from './errors.ts'
import { TAG } from './index.ts'
import { checkInner, decodeInner } from './inner.ts'
import { chunkCount, chunkNonce, plaintextSizeOf, sealedChunkLength } from './layout.ts'
import { PREFIX } from './limits.ts'
import { sha256 } from './sha256.ts'
import type { ContentKeys } from './content-keys.ts'
import type { Inner, LabelView, Opened, Opening } from './index.ts'

/**
 * One envelope whose content key is known. A chunk that does not open may have been
 * spoilt on the way, so that is no final refusal; what is wrong inside is the sender's
 * own doing, since only he and this site know the key.
 */
export class OpenEnvelope implements Opening {
  readonly label: LabelView
  readonly chunks: number
  readonly plaintextSize: number
  readonly #keys: ContentKeys

  constructor (label: LabelView, keys: ContentKeys) {
    this.label = label
    this.chunks = chunkCount(label.size)
    this.plaintextSize = plaintextSizeOf(label.size) ?? 0
    this.#keys = keys
  }

  open (index: number, ciphertext: Uint8Array): Uint8Array {
    const [plaintext] = this.openPieces(index, [ciphertext])

    return plaintext
  }

  openPieces (index: number, ciphertext: Uint8Array[]): Uint8Array[] {
    if (!(Number.isInteger(index) && index >= 0 && index < this.chunks)) {
      throw new EnvelopeError('unopenable', `there is no chunk ${index} of ${this.chunks}`)
    }

    const length = sealedChunkLength(this.label.size, index)
    const actual = ciphertext.reduce((sum, { byteLength }) => sum + byteLength, 0)

    if (actual !== length) {
      throw new EnvelopeError('unopenable', `chunk ${index} has ${actual} bytes, not ${length}`)
    }

    const { pieces, tag } = cutTag(ciphertext)

    const decipher = createDecipheriv('aes-256-gcm', this.#keys.chunk, chunkNonce(index, index === this.chunks - 1), { authTagLength: TAG })
    decipher.setAAD(this.label.hash)
    decipher.setAuthTag(tag)
    const plaintext = pieces.map((piece) => decipher.update(piece))

    try {
      decipher.final()
    } catch {
      // the tag does not fit: the only way in which final() fails
      throw new EnvelopeError('unopenable', `chunk ${index} does not open`)
    }

    return plaintext.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
  }

  inner (bytes: Uint8Array): Inner {
    if (!timingSafeEqual(contentTag(this.#keys, bytes), this.label.contentTag)) {
      throw new EnvelopeError('unopenable', 'the content is not what the label commits to', 'for-good')
    }

    const inner = decodeInner(bytes)
    // copies: cloning a window, for another thread, would clone all that is behind it
    inner.answers = new Uint8Array(inner.answers)
    inner.bodySha256 = new Uint8Array(inner.bodySha256)
    checkInner(inner, this.label)

    if (PREFIX + bytes.byteLength + inner.bodySize !== this.plaintextSize) {
      throw new EnvelopeError('inconsistent', 'body_size is not the size of the body', 'for-good')
    }

    return inner
  }
}

/**
 * An envelope of one chunk in one go
 *
 * @throws {EnvelopeError} `unopenable`, `malformed`, `too-large` or `inconsistent`
 */
export function openSmall (opening: Opening, ciphertext: Uint8Array): Opened {
  const plaintext = opening.open(0, ciphertext)
  const bodyOffset = PREFIX + innerLength(plaintext, opening.plaintextSize)
  const inner = opening.inner(plaintext.subarray(PREFIX, bodyOffset))
  const body = plaintext.subarray(bodyOffset)
  checkBody(sha256(body), inner)

  return { inner, body }
}

/** The length of Inner that the plaintext begins with */
export function innerLength (plaintext: Uint8Array, plaintextSize: number): number {
  const length = new DataView(plaintext.buffer, plaintext.byteOffset).getUint32(0)

  if (length > plaintextSize - PREFIX) {
    throw new EnvelopeError('malformed', 'inner is said to be longer than the whole content', 'for-good')
  }

  return length
}

export function checkBody (hash: Uint8Array, inner: Inner): void {
  if (Buffer.compare(hash, inner.bodySha256) !== 0) {
    throw new EnvelopeError('inconsistent', 'body_sha256 is not the hash of the body', 'for-good')
  }
}

/** Pieces of a chunk that are opened one by one; an honest connection makes five of it */
const MAX_PIECES = 32

/** Tag and what is before it. Pieces that are too short to bother are joined */
function cutTag (ciphertext: Uint8Array[]): { pieces: Uint8Array[], tag: Uint8Array } {
  const last = ciphertext[ciphertext.length - 1]

  if (ciphertext.length > 1 && (ciphertext.length > MAX_PIECES || last.byteLength <= TAG || ciphertext[0].byteLength < PREFIX)) {
    return cutTag([Buffer.concat(ciphertext)])
  }

  const end = last.byteLength - TAG

  return { pieces: [...ciphertext.slice(0, -1), last.subarray(0, end)], tag: last.subarray(end) }
}

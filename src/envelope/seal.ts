import { createCipheriv } from 'node:crypto'
import { domains, under } from '../core/domains.ts'
import { release } from '../store/messages.ts'
import { contentKeys, contentTag, senderSecrets } from './content-keys.ts'
import { writeFields } from './fields.ts'
import { encapsulate, sealUnder } from './hpke.ts'
import { CHUNK, SMALL, TAG } from './index.ts'
import { encodeInner } from './inner.ts'
import { blankLabel, fillLabel, labelInfo } from './label.ts'
import { chunkCount, chunkNonce, sealedSize } from './layout.ts'
import { PREFIX, SEED } from './limits.ts'
import { sha256 } from './sha256.ts'
import type { BodyReader, Seal, SealedEnvelope } from './index.ts'
import type { Sessions } from './sessions.ts'
import type { SiteSigner } from '../core/identity.ts'
import type { KeyObject } from 'node:crypto'

export interface SealComponents {
  signer: SiteSigner
  /** For envelopes of up to SMALL bytes. @default a key agreement for each */
  sessions?: Sessions
}

/**
 * The promise is rejected with an EnvelopeError when the input could not be accepted
 * by any recipient, with a RangeError when the recipient's key is unusable.
 */
export function createSeal ({ signer, sessions }: SealComponents): Seal {
  return async (input) => {
    const { network, id, from, to, expires, seed, recipient, body } = input

    if (from !== signer.siteId) {
      throw new TypeError(`${signer.siteId} cannot seal in the name of ${from}`)
    }

    if (seed.byteLength !== SEED) {
      throw new TypeError(`a seed has ${SEED} bytes`)
    }

    const inner = encodeInner(input.inner, { network, from, to, expires })
    const bodySize = input.inner.bodySize ?? 0
    const size = sealedSize(PREFIX + inner.byteLength + bodySize)
    const label = blankLabel({ network, id, from, to, expires, keyId: recipient.keyId, size })
    const { contentKey, ikm } = senderSecrets(seed, label, recipient.publicKey, inner)
    const keys = contentKeys(contentKey)
    fillLabel(label, size, keys.commitment, contentTag(keys, inner))

    const info = labelInfo(label)
    const hash = sha256(info)
    // large ones are resumed after a crash: their bytes must be made from the seed alone
    const { enc, sharedSecret } = size <= SMALL && sessions != null ? sessions.for(recipient.publicKey) : encapsulate(recipient.publicKey, ikm)
    const wrapped = sealUnder(sharedSecret, { info, plaintext: contentKey })
    const signature = await signer.sign(under(domains.envelopeSignature, label, enc, wrapped))
    const content = new Content(inner, body, bodySize, input.inner.bodySha256)

    return {
      head: writeFields([label, enc, wrapped, signature]),
      hash,
      size,
      chunks: chunkCount(size),
      chunk: async (index) => sealChunk(keys.chunk, hash, content, index, chunkCount(size))
    } satisfies SealedEnvelope
  }
}

async function sealChunk (key: KeyObject, hash: Uint8Array, content: Content, index: number, chunks: number): Promise<Uint8Array> {
  if (!(Number.isInteger(index) && index >= 0 && index < chunks)) {
    throw new RangeError(`chunk ${index} of ${chunks}`)
  }

  const plaintext = await content.read(index * CHUNK, CHUNK)
  const cipher = createCipheriv('aes-256-gcm', key, chunkNonce(index, index === chunks - 1))
  cipher.setAAD(hash)
  const sealed = cipher.update(plaintext)
  cipher.final()
  const out = new Uint8Array(sealed.byteLength + TAG)
  out.set(sealed)
  out.set(cipher.getAuthTag(), sealed.byteLength)
  release(sealed)

  return out
}

/** The plaintext: length of Inner, Inner, body. The body is read piece by piece, never held. */
class Content {
  readonly #inner: Uint8Array
  readonly #body: BodyReader
  readonly #bodySize: number
  readonly #bodySha256: Uint8Array | undefined

  constructor (inner: Uint8Array, body: BodyReader, bodySize: number, bodySha256?: Uint8Array) {
    this.#inner = inner
    this.#body = body
    this.#bodySize = bodySize
    this.#bodySha256 = bodySha256
  }

  /** At most `length` bytes of the plaintext at `offset`, fewer only at its end */
  async read (offset: number, length: number): Promise<Uint8Array> {
    const start = PREFIX + this.#inner.byteLength
    const end = Math.min(offset + length, start + this.#bodySize)

    if (offset >= start) {
      return this.#readBody(offset - start, end - offset)
    }

    const out = new Uint8Array(end - offset)

    if (offset === 0) {
      new DataView(out.buffer).setUint32(0, this.#inner.byteLength)
    }

    const innerFrom = Math.max(offset - PREFIX, 0)
    out.set(this.#inner.subarray(innerFrom, Math.max(end - PREFIX, 0)), innerFrom + PREFIX - offset)

    if (end > start) {
      out.set(await this.#readBody(0, end - start), start - offset)
    }

    return out
  }

  async #readBody (offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#body(offset, length)

    if (bytes.byteLength !== length) {
      throw new Error(`the body gave ${bytes.byteLength} bytes at ${offset} where ${length} were asked for`)
    }

    // cheap when it comes in one piece: damage on disk is noticed here, not by the recipient
    if (length === this.#bodySize && this.#bodySha256 != null && Buffer.compare(sha256(bytes), this.#bodySha256) !== 0) {
      throw new Error('the body does not have the SHA-256 that was stored with it')
    }

    return bytes
  }
}

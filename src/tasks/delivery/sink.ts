import { UnreachableError } from '../../core/errors.ts'
import { CHUNK } from '../../envelope/index.ts'
import { INLINE_BODY } from '../../store/index.ts'
import { release } from '../../store/messages.ts'
import { BULK_WRITES } from './limits.ts'
import type { Inner, Opening } from '../../envelope/index.ts'
import type { InboundState, Store, StoredBody } from '../../store/index.ts'

/** Where the opened chunks of one large envelope go until it is whole */
export interface Sink {
  /** Chunks that are there already */
  readonly chunks: number
  read(index: number): Promise<Uint8Array>
  /** One chunk in pieces, which are the sink's from then on */
  append(index: number, pieces: Uint8Array[]): Promise<void>
  /** Resolves when nothing is being written any more */
  settled(): Promise<void>
  /** Rejects when something was not written */
  written(): Promise<void>
  body(inner: Inner, bodyOffset: number): Promise<StoredBody>
}

function join (pieces: Uint8Array[], to: Uint8Array, offset: number): Uint8Array {
  for (const piece of pieces) {
    to.set(piece, offset)
    offset += piece.byteLength
    release(piece)
  }

  return to
}

/** Small ones: one commit stores the whole, and a cut costs little */
export class MemorySink implements Sink {
  readonly chunks = 0
  readonly #bytes: Uint8Array

  constructor (opening: Opening) {
    this.#bytes = new Uint8Array(opening.plaintextSize)
  }

  async read (): Promise<never> {
    throw new RangeError('nothing was there before')
  }

  async append (index: number, pieces: Uint8Array[]): Promise<void> {
    join(pieces, this.#bytes, index * CHUNK)
  }

  async settled (): Promise<void> {}

  async written (): Promise<void> {}

  async body (inner: Inner, bodyOffset: number): Promise<StoredBody> {
    return { size: inner.bodySize, sha256: inner.bodySha256, inline: this.#bytes.subarray(bodyOffset) }
  }
}

/** Large ones: chunk by chunk to disk, a few writes at a time; a cut goes on from there */
export class DiskSink implements Sink {
  readonly #store: Store
  readonly #opening: Opening
  readonly #state: InboundState
  readonly #writes = new Set<Promise<void>>()

  constructor (store: Store, opening: Opening, state: InboundState) {
    this.#store = store
    this.#opening = opening
    this.#state = state
  }

  get chunks (): number {
    return this.#state.chunks
  }

  async read (index: number): Promise<Uint8Array> {
    const length = Math.min(CHUNK, this.#opening.plaintextSize - index * CHUNK)

    return this.#store.readBlob({ blob: this.#state.blob, offset: index * CHUNK, length })
  }

  async append (index: number, pieces: Uint8Array[]): Promise<void> {
    const plaintext = pieces.length === 1 ? pieces[0] : join(pieces, new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)), 0)

    if (this.#writes.size >= BULK_WRITES) {
      await Promise.race(this.#writes)
    }

    const write: Promise<void> = this.#write(index, plaintext).finally(() => { this.#writes.delete(write) })
    write.catch(() => { /* thrown where all writes are awaited */ })
    this.#writes.add(write)
  }

  async settled (): Promise<void> {
    await Promise.allSettled(this.#writes)
  }

  async written (): Promise<void> {
    await Promise.all(this.#writes)
  }

  /** Part of the transfer's blob, or in its row when it is small */
  async body (inner: Inner, bodyOffset: number): Promise<StoredBody> {
    const facts = { size: inner.bodySize, sha256: inner.bodySha256 }

    if (inner.bodySize > INLINE_BODY) {
      return { ...facts, blob: { id: this.#state.blob, offset: bodyOffset } }
    }

    const inline = await this.#store.readBlob({ blob: this.#state.blob, offset: bodyOffset, length: inner.bodySize })

    return { ...facts, inline }
  }

  async #write (chunk: number, data: Uint8Array): Promise<void> {
    const appended = await this.#store.appendInbound({ envelopeId: this.#opening.label.id, chunk, data })
    release(data)

    if (!appended) {
      throw new UnreachableError('another channel received the same envelope')
    }
  }
}

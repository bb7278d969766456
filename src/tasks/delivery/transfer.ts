import { UnreachableError } from '../../core/errors.ts'
import { createContentReader } from '../../envelope/content-reader.ts'
import { CHUNK } from '../../envelope/index.ts'
import { INLINE_BODY } from '../../store/index.ts'
import { admit } from './accept.ts'
import { BULK_WRITES } from './limits.ts'
import { readBulk, writeBulk } from './read-bulk.ts'
import type { AcceptContext, Verdict } from './accept.ts'
import type { Watchdog } from './watchdog.ts'
import type { ContentReader, Inner, Opening } from '../../envelope/index.ts'
import type { BulkChannel } from '../../network/index.ts'
import type { InboundState, StoredBody } from '../../store/index.ts'

/** Reason when bytes that were resumed do not fit together: the sender begins anew */
export const RESUME_FAILED = 'resume-failed'

/** The chunks of one large envelope on their way to disk */
export class Transfer {
  readonly #context: AcceptContext
  readonly #opening: Opening
  readonly #state: InboundState
  readonly #reader: ContentReader
  readonly #writes = new Set<Promise<void>>()
  #admitted = false

  constructor (context: AcceptContext, opening: Opening, state: InboundState) {
    this.#context = context
    this.#opening = opening
    this.#state = state
    this.#reader = createContentReader(opening)
  }

  /** A verdict when policy or limits end it early */
  async receive (channel: BulkChannel, idle: Watchdog): Promise<Verdict | undefined> {
    await this.#reread(idle)
    await writeBulk(channel, { start: { chunk: this.#state.chunks } })

    try {
      for (let index = this.#state.chunks; index < this.#opening.chunks; index++) {
        const { data } = await readBulk(channel)
        idle.fed()
        const plaintext = this.#opening.open(index, data)
        this.#reader.push(plaintext)
        const refused = await this.#early()

        if (refused != null) {
          return refused
        }

        await this.#append(index, plaintext)
      }

      await Promise.all(this.#writes)
    } finally {
      // who resumes must find what was written, not race it
      await Promise.allSettled(this.#writes)
    }

    return this.#early()
  }

  /** The digest over the whole body is compared here, before it counts */
  async finish (): Promise<Verdict | { inner: Inner, body: StoredBody }> {
    const { label } = this.#opening

    try {
      const { inner, bodyOffset } = this.#reader.finish()

      return { inner, body: await this.#body(inner, bodyOffset) }
    } catch (err) {
      if (this.#state.chunks === 0) {
        throw err
      }

      this.#context.log.warn({ err, site: label.from }, 'a resumed envelope does not fit together: it starts anew')

      return { outcome: 'for-now', reason: RESUME_FAILED, hash: label.hash }
    }
  }

  /** What is on disk already counts for header and digest too */
  async #reread (idle: Watchdog): Promise<void> {
    for (let index = 0; index < this.#state.chunks; index++) {
      const length = Math.min(CHUNK, this.#opening.plaintextSize - index * CHUNK)
      this.#reader.push(await this.#context.store.readBlob({ blob: this.#state.blob, offset: index * CHUNK, length }))
      idle.fed()
    }
  }

  /** Policy and limits as soon as the header is known: 55 MiB that nobody wants need not come */
  async #early (): Promise<Verdict | undefined> {
    if (this.#admitted || this.#reader.inner == null) {
      return
    }

    this.#admitted = true

    return admit(this.#context, this.#opening.label, this.#reader.inner)
  }

  /** Writes are under way while the next chunk is read, a few at a time */
  async #append (chunk: number, data: Uint8Array): Promise<void> {
    if (this.#writes.size >= BULK_WRITES) {
      await Promise.race(this.#writes)
    }

    const write: Promise<void> = this.#write(chunk, data).finally(() => { this.#writes.delete(write) })
    write.catch(() => { /* thrown where all writes are awaited */ })
    this.#writes.add(write)
  }

  async #write (chunk: number, data: Uint8Array): Promise<void> {
    if (!await this.#context.store.appendInbound({ envelopeId: this.#opening.label.id, chunk, data })) {
      throw new UnreachableError('another channel received the same envelope')
    }
  }

  /** Part of the transfer's blob, or in its row when it is small */
  async #body (inner: Inner, bodyOffset: number): Promise<StoredBody> {
    const facts = { size: inner.bodySize, sha256: inner.bodySha256 }

    if (inner.bodySize > INLINE_BODY) {
      return { ...facts, blob: { id: this.#state.blob, offset: bodyOffset } }
    }

    const inline = await this.#context.store.readBlob({ blob: this.#state.blob, offset: bodyOffset, length: inner.bodySize })

    return { ...facts, inline }
  }
}

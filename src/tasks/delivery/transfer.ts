import { createContentReader } from '../../envelope/content-reader.ts'
import { admit } from './accept.ts'
import { readChunk, writeBulk } from './read-bulk.ts'
import type { AcceptContext, Verdict } from './accept.ts'
import type { Sink } from './sink.ts'
import type { Watchdog } from './watchdog.ts'
import type { ContentReader, Inner, Opening } from '../../envelope/index.ts'
import type { BulkChannel } from '../../network/index.ts'
import type { StoredBody } from '../../store/index.ts'

/** Reason when bytes that were resumed do not fit together: the sender begins anew */
export const RESUME_FAILED = 'resume-failed'

/** The chunks of one large envelope: opened, hashed and handed to where they are kept */
export class Transfer {
  readonly #context: AcceptContext
  readonly #opening: Opening
  readonly #sink: Sink
  readonly #reader: ContentReader
  /** Chunks that were there when it began */
  readonly #resumed: number
  #admitted = false

  constructor (context: AcceptContext, opening: Opening, sink: Sink) {
    this.#context = context
    this.#opening = opening
    this.#sink = sink
    this.#resumed = sink.chunks
    this.#reader = createContentReader(opening)
  }

  /** A verdict when policy or limits end it early */
  async receive (channel: BulkChannel, idle: Watchdog): Promise<Verdict | undefined> {
    await this.#reread(idle)
    await writeBulk(channel, { start: { chunk: this.#resumed } })

    try {
      for (let index = this.#resumed; index < this.#opening.chunks; index++) {
        const pieces = await readChunk(channel)
        idle.fed()
        const plaintext = this.#opening.openPieces(index, pieces)
        plaintext.forEach((piece) => { this.#reader.push(piece) })
        const refused = await this.#early()

        if (refused != null) {
          return refused
        }

        await this.#sink.append(index, plaintext)
      }

      await this.#sink.written()
    } finally {
      // who resumes must find what was written, not race it
      await this.#sink.settled()
    }

    return this.#early()
  }

  /** The digest over the whole body is compared here, before it counts */
  async finish (): Promise<Verdict | { inner: Inner, body: StoredBody }> {
    const { label } = this.#opening

    try {
      const { inner, bodyOffset } = this.#reader.finish()

      return { inner, body: await this.#sink.body(inner, bodyOffset) }
    } catch (err) {
      if (this.#resumed === 0) {
        throw err
      }

      this.#context.log.warn({ err, site: label.from }, 'a resumed envelope does not fit together: it starts anew')

      return { outcome: 'for-now', reason: RESUME_FAILED, hash: label.hash }
    }
  }

  /** What is on disk already counts for header and digest too */
  async #reread (idle: Watchdog): Promise<void> {
    for (let index = 0; index < this.#resumed; index++) {
      this.#reader.push(await this.#sink.read(index))
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
}

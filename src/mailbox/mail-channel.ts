import { UnreachableError } from '../core/errors.ts'
import { BulkMessage } from '../protocols/bulk/pb/bulk.ts'
import { readMail, writeMail } from '../protocols/mailbox/messages.ts'
import type { BulkChannel } from '../network/index.ts'

export interface MailChannelInit {
  place: number
  /** Encoded EnvelopeHead */
  head: Uint8Array
  chunks: number
  /** A chunk came */
  moved(): void
}

/**
 * A large envelope at a keeper, read as if its sender offered it over a bulk channel: the
 * same checks, the same resuming, the same receipts. The receipts stay here for who
 * acknowledges.
 */
export class MailChannel implements BulkChannel {
  /** Encoded SignedReceipts, when the recipient said what became of it */
  receipts: Uint8Array | undefined
  /** Why the recipient gave it up */
  error: Error | undefined
  readonly #channel: BulkChannel
  readonly #place: number
  readonly #head: Uint8Array<ArrayBuffer>
  readonly #chunks: number
  readonly #moved: () => void
  #offered = false

  constructor (channel: BulkChannel, { place, head, chunks, moved }: MailChannelInit) {
    this.#channel = channel
    this.#place = place
    this.#head = head as Uint8Array<ArrayBuffer>
    this.#chunks = chunks
    this.#moved = moved
  }

  async read (): Promise<Uint8Array | undefined> {
    if (!this.#offered) {
      this.#offered = true

      return BulkMessage.encode({ offer: { head: this.#head } })
    }

    if (this.receipts != null) {
      return
    }

    const message = await readMail(this.#channel)
    this.#moved()

    if (message == null || message.data.byteLength === 0) {
      throw new UnreachableError(`the keeper did not go on with the envelope${message?.refused == null ? '' : `: ${message.refused.reason}`}`)
    }

    return BulkMessage.encode({ data: message.data })
  }

  async readPieces (): Promise<Uint8Array[] | undefined> {
    const message = await this.read()

    return message == null ? undefined : [message]
  }

  async write (...pieces: Uint8Array[]): Promise<void> {
    const { start, done } = BulkMessage.decode(Buffer.concat(pieces))

    if (start != null && start.chunk < this.#chunks) {
      await writeMail(this.#channel, { fetch: { place: this.#place, chunk: start.chunk } })
    }

    if (done != null) {
      this.receipts = done.receipts
    }
  }

  async close (): Promise<void> {
    // whoever opened the session closes it
  }

  abort (error: Error): void {
    this.error ??= error
    this.#channel.abort(error)
  }
}

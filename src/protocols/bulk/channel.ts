import { setImmediate } from 'node:timers/promises'
import { Uint8ArrayList } from 'uint8arraylist'
import { FrameError } from '../framing/errors.ts'
import { FrameReader } from '../framing/reader.ts'
import { FrameWriter } from '../framing/writer.ts'
import { BULK_TURN, MAX_BULK_MESSAGE } from './constants.ts'
import type { BulkChannel } from '../../network/index.ts'
import type { Stream } from '@libp2p/interface'

/** A channel over one stream, with backpressure both ways */
export class StreamChannel implements BulkChannel {
  readonly #stream: Stream
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  #turn = 0

  constructor (stream: Stream) {
    this.#stream = stream
    this.#reader = new FrameReader(stream, { maxFrame: MAX_BULK_MESSAGE, highWater: MAX_BULK_MESSAGE })
    this.#writer = new FrameWriter(stream)
  }

  get bytesIn (): number {
    return this.#reader.bytes
  }

  get bytesOut (): number {
    return this.#writer.bytes
  }

  async write (...pieces: Uint8Array[]): Promise<void> {
    const message = pieces.length === 1 ? pieces[0] : new Uint8ArrayList(...pieces)

    if (message.byteLength === 0 || message.byteLength > MAX_BULK_MESSAGE) {
      throw new FrameError(`a message must have 1 to ${MAX_BULK_MESSAGE} bytes, not ${message.byteLength}`)
    }

    await this.#writer.write(message)
    this.#turn += message.byteLength

    // a stream that always has more to send would starve the control stream beside it
    if (this.#turn >= BULK_TURN) {
      this.#turn = 0
      await setImmediate()
    }
  }

  async read (): Promise<Uint8Array | undefined> {
    return this.#reader.read()
  }

  async readPieces (): Promise<Uint8Array[] | undefined> {
    const message = await this.#reader.readParts()

    return message == null ? undefined : [...message]
  }

  async close (): Promise<void> {
    await this.#writer.close()
  }

  abort (error: Error): void {
    this.#stream.abort(error)
  }
}

import { lpStream } from '@libp2p/utils'
import { MAX_CIRCUIT_MESSAGE } from './limits.ts'
import type { Stream } from '@libp2p/interface'

/** Bytes that may wait behind a message: the beginning of what is forwarded */
const MAX_WAITING = 1_048_576

interface Codec<T> {
  encode(message: Partial<T>): Uint8Array
  decode(bytes: Uint8Array): T
}

/** Messages of one kind at the beginning of a stream, which then carries something else */
export class Messages<T> {
  readonly #stream: ReturnType<typeof lpStream<Stream>>
  readonly #codec: Codec<T>
  readonly #signal: AbortSignal

  constructor (stream: Stream, codec: Codec<T>, signal: AbortSignal) {
    this.#stream = lpStream(stream, { maxDataLength: MAX_CIRCUIT_MESSAGE, maxBufferSize: MAX_WAITING })
    this.#codec = codec
    this.#signal = signal
  }

  async read (): Promise<T> {
    return this.#codec.decode((await this.#stream.read({ signal: this.#signal })).subarray())
  }

  async write (message: Partial<T>): Promise<void> {
    await this.#stream.write(this.#codec.encode(message), { signal: this.#signal })
  }

  /** The stream again, with all that came after the last message */
  release (): Stream {
    return this.#stream.unwrap()
  }
}

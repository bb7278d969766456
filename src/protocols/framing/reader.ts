import { FrameDecoder } from './decoder.ts'
import { FrameError, StreamCutError } from './errors.ts'
import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface FrameReaderInit {
  /** Longest frame in bytes */
  maxFrame: number
  /**
   * The stream is paused when more than this many bytes wait here. What the peer's
   * send window still allows (1 MiB) can come on top.
   *
   * @default 262_144
   */
  highWater?: number
  /** Each time that frames may have become readable, and at the end */
  onReadable?(): void
}

/**
 * Frames of one stream, with backpressure.
 *
 * Built on 'message' events with pause and resume: iterating a libp2p stream queues
 * without bound, and never ends when the peer half-closed before it began.
 */
export class FrameReader {
  readonly #stream: Stream
  readonly #decoder: FrameDecoder
  readonly #highWater: number
  readonly #waiting: Array<() => void> = []
  #onReadable: (() => void) | undefined
  #paused = false
  #held = false
  /** The peer said that nothing more comes */
  #fin = false
  #ended = false
  #error: Error | undefined
  bytes = 0

  constructor (stream: Stream, init: FrameReaderInit) {
    this.#stream = stream
    this.#decoder = new FrameDecoder(init.maxFrame)
    this.#highWater = init.highWater ?? 262_144
    this.#onReadable = init.onReadable
    this.#fin = stream.remoteWriteStatus === 'closed' && stream.status === 'open'
    this.#ended = stream.readableEnded

    stream.addEventListener('remoteCloseWrite', () => { this.#fin = true })
    stream.addEventListener('end', () => {
      this.#ended = true
      this.#wake()
    })
    stream.addEventListener('close', (event) => {
      if (event.error != null) {
        this.#error ??= new StreamCutError(`the stream was cut: ${event.error.message}`, { cause: event.error })
      }

      // what was read but held back is still good if the peer had said that it was all
      if (!this.#fin || this.#stream.readBufferLength === 0) {
        this.#ended = true
      }

      this.#wake()
    })
    stream.addEventListener('message', (event) => {
      this.bytes += event.data.byteLength
      this.#decoder.push(event.data)
      this.#regulate()
      this.#wake()
    })
  }

  /** Nothing more will come: `next` has given all there was */
  get ended (): boolean {
    return this.#ended
  }

  /** Held back by us, so silence of the peer means nothing */
  get paused (): boolean {
    return this.#paused
  }

  /** Keep the peer from sending, whatever is buffered, until released */
  hold (held: boolean): void {
    this.#held = held
    this.#regulate()
  }

  /**
   * The next frame if it is here already.
   *
   * @throws {FrameError}
   */
  next (): Uint8Array | undefined {
    return this.#nextParts()?.subarray()
  }

  #nextParts (): Uint8ArrayList | undefined {
    const frame = this.#decoder.nextParts()

    if (frame != null) {
      this.#regulate()
    } else if (this.#paused && !this.#held) {
      // what waits is only the beginning of a frame: without more it would wait for ever
      this.#set(false)
    }

    return frame
  }

  /**
   * The next frame; undefined when the peer closed its side after a whole frame.
   *
   * @throws {StreamCutError | FrameError}
   */
  async read (signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return (await this.readParts(signal))?.subarray()
  }

  /**
   * The same in the pieces in which it came.
   *
   * @throws {StreamCutError | FrameError}
   */
  async readParts (signal?: AbortSignal): Promise<Uint8ArrayList | undefined> {
    for (;;) {
      signal?.throwIfAborted()
      const frame = this.#nextParts()

      if (frame != null) {
        return frame
      }

      if (this.#error != null) {
        throw this.#error
      }

      if (this.#ended) {
        if (!this.#fin) {
          throw new StreamCutError()
        }

        if (this.#decoder.buffered > 0) {
          throw new FrameError('the stream ended within a frame')
        }

        return
      }

      await this.#change(signal)
    }
  }

  async #change (signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal?.removeEventListener('abort', done)
        resolve()
      }

      signal?.addEventListener('abort', done)
      this.#waiting.push(done)
    })
  }

  #wake (): void {
    for (const resolve of this.#waiting.splice(0)) {
      resolve()
    }

    this.#onReadable?.()
  }

  #regulate (): void {
    const full = this.#held || this.#decoder.buffered > this.#highWater
    const room = !this.#held && this.#decoder.buffered <= this.#highWater / 2

    if (full !== this.#paused && (full || room)) {
      this.#set(full)
    }
  }

  #set (paused: boolean): void {
    this.#paused = paused
    // a pause within a handler that resume() called would be lost: always a moment later
    queueMicrotask(() => { this.#apply() })
  }

  #apply (): void {
    if (this.#stream.readStatus !== 'readable' && this.#stream.readStatus !== 'paused') {
      return
    }

    try {
      if (this.#paused) {
        this.#stream.pause()
      } else {
        this.#stream.resume()
      }
    } catch (error) {
      // resume() writes to the connection, which may be gone: then this is the end
      this.#error ??= new StreamCutError('the connection is gone', { cause: error })
      this.#ended = true
      this.#wake()
    }
  }
}

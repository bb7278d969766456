import { joinFrames, listFrames } from './encode.ts'
import { StreamCutError } from './errors.ts'
import type { Frame } from './encode.ts'
import type { Stream } from '@libp2p/interface'

/** Bytes handed to the stream in one write at most, so that no stream fills the connection alone */
const MAX_WRITE = 262_144

/** A missed 'drain' event may delay a stream by this much, ms, not stop it */
const DRAIN_CHECK = 1_000

export interface FrameWriterInit {
  /** Frames waiting. @default 4_096 */
  maxFrames?: number
  /** Bytes waiting. @default 4_194_304 */
  maxBytes?: number
}

/**
 * Frames to one stream. All frames of one tick leave in one send(), and nothing is
 * handed to a stream that still has to drain. `onDrain()` of the stream cannot be used:
 * its promise is made once and never again.
 */
export class FrameWriter {
  readonly #stream: Stream
  readonly #maxFrames: number
  readonly #maxBytes: number
  #queue: Frame[] = []
  #queuedBytes = 0
  #scheduled = false
  #check: NodeJS.Timeout | undefined
  #closed = false
  readonly #waiting: Array<() => void> = []
  bytes = 0

  constructor (stream: Stream, init: FrameWriterInit = {}) {
    this.#stream = stream
    this.#maxFrames = init.maxFrames ?? 4_096
    this.#maxBytes = init.maxBytes ?? 4_194_304
    this.#closed = stream.writeStatus !== 'writable'
    stream.addEventListener('drain', () => { this.#schedule() })
    stream.addEventListener('close', () => { this.#end() })
  }

  /** Frames waiting */
  get length (): number {
    return this.#queue.length
  }

  get closed (): boolean {
    return this.#closed
  }

  /** False when the queue is full or the stream is gone: the frame was not taken */
  push (frame: Frame): boolean {
    if (this.#queue.length >= this.#maxFrames || this.#queuedBytes + frame.byteLength > this.#maxBytes) {
      return false
    }

    return this.urgent(frame)
  }

  /**
   * For the few frames that must not wait behind a full queue. False at twice the bounds,
   * so that a peer that provokes them and does not read cannot fill the memory.
   */
  urgent (frame: Frame): boolean {
    if (this.#closed || this.#queue.length >= 2 * this.#maxFrames || this.#queuedBytes + frame.byteLength > 2 * this.#maxBytes) {
      return false
    }

    this.#queue.push(frame)
    this.#queuedBytes += frame.byteLength
    this.#schedule()

    return true
  }

  /**
   * Queues one frame and resolves when what waits is small again.
   *
   * @throws {StreamCutError}
   */
  async write (frame: Frame): Promise<void> {
    if (!this.urgent(frame)) {
      throw new StreamCutError(this.#closed ? undefined : 'more waits for the peer than it may')
    }

    await this.#until(() => this.#queuedBytes <= MAX_WRITE && !this.#stream.writableNeedsDrain)
  }

  /**
   * Half-closes after all that waits was written.
   *
   * @throws {StreamCutError}
   */
  async close (signal?: AbortSignal): Promise<void> {
    await this.#until(() => this.#queue.length === 0)
    await this.#stream.close({ signal: signal ?? AbortSignal.timeout(10_000) })
  }

  async #until (condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.#closed) {
        throw new StreamCutError()
      }

      if (condition()) {
        return
      }

      await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    }
  }

  #schedule (): void {
    if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(() => { this.#flush() })
    }
  }

  #flush (): void {
    this.#scheduled = false

    while (this.#queue.length > 0 && !this.#closed && !this.#stream.writableNeedsDrain) {
      let count = 0
      let size = 0

      while (count < this.#queue.length && (count === 0 || size + this.#queue[count].byteLength <= MAX_WRITE)) {
        size += this.#queue[count].byteLength
        count++
      }

      const frames = count === this.#queue.length ? this.#queue : this.#queue.slice(0, count)
      this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count)
      this.#queuedBytes -= size
      const bytes = areWhole(frames) ? joinFrames(frames) : listFrames(frames)
      this.bytes += bytes.byteLength

      try {
        this.#stream.send(bytes)
      } catch (error) {
        this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
        this.#end()
        return
      }
    }

    if (this.#stream.writableNeedsDrain && this.#check == null && !this.#closed) {
      this.#check = setTimeout(() => {
        this.#check = undefined
        this.#schedule()
      }, DRAIN_CHECK)
      this.#check.unref()
    }

    this.#wake()
  }

  #end (): void {
    this.#closed = true
    this.#queue = []
    this.#queuedBytes = 0
    clearTimeout(this.#check)
    this.#wake()
  }

  #wake (): void {
    for (const resolve of this.#waiting.splice(0)) {
      resolve()
    }
  }
}

function areWhole (frames: Frame[]): frames is Uint8Array[] {
  return frames.every((frame) => frame instanceof Uint8Array)
}

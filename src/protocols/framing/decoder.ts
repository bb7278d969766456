import { Uint8ArrayList } from 'uint8arraylist'
import { FrameError } from './errors.ts'

/** Bytes of the longest length prefix: lengths below 2^28 */
export const MAX_PREFIX = 4

/**
 * Takes bytes in any split and gives back the frames in them. A frame is an unsigned
 * varint length (1 to the limit, at most four bytes) and that many bytes.
 */
export class FrameDecoder {
  readonly #buffer = new Uint8ArrayList()
  readonly #maxFrame: number

  constructor (maxFrame: number) {
    this.#maxFrame = maxFrame
  }

  /** Bytes waiting */
  get buffered (): number {
    return this.#buffer.byteLength
  }

  push (data: Uint8Array | Uint8ArrayList): void {
    this.#buffer.append(data)
  }

  /**
   * The next whole frame, if there is one
   *
   * @throws {FrameError} for a length that is malformed, zero or above the limit
   */
  next (): Uint8Array | undefined {
    return this.nextParts()?.subarray()
  }

  /** The same in the pieces in which it came: a long frame is not copied */
  nextParts (): Uint8ArrayList | undefined {
    const available = this.#buffer.byteLength
    let length = 0
    let prefix = 0

    for (;;) {
      if (prefix === available) {
        return
      }

      const byte = this.#buffer.get(prefix)
      length |= (byte & 0x7f) << (7 * prefix)
      prefix++

      if ((byte & 0x80) === 0) {
        break
      }

      if (prefix === MAX_PREFIX) {
        throw new FrameError(`a frame's length takes more than ${MAX_PREFIX} bytes`)
      }
    }

    if (length === 0 || length > this.#maxFrame) {
      throw new FrameError(`a frame must have 1 to ${this.#maxFrame} bytes, not ${length}`)
    }

    if (available < prefix + length) {
      return
    }

    const frame = this.#buffer.sublist(prefix, prefix + length)
    this.#buffer.consume(prefix + length)

    return frame
  }
}

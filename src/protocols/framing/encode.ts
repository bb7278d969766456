import { Uint8ArrayList } from 'uint8arraylist'

/** A list is written piece by piece, not joined first */
export type Frame = Uint8Array | Uint8ArrayList

/** Bytes of the length prefix of a frame of `length` bytes */
export function prefixLength (length: number): number {
  let bytes = 1

  while (length >= 0x80) {
    length >>>= 7
    bytes++
  }

  return bytes
}

/** Writes one frame with its prefix at `offset`; returns the offset after it */
export function writeFrame (out: Uint8Array, offset: number, frame: Uint8Array): number {
  const start = writePrefix(out, offset, frame.byteLength)
  out.set(frame, start)

  return start + frame.byteLength
}

function writePrefix (out: Uint8Array, offset: number, length: number): number {
  while (length >= 0x80) {
    out[offset++] = (length & 0x7f) | 0x80
    length >>>= 7
  }

  out[offset++] = length

  return offset
}

/** Several frames as the bytes of one write, without a copy of those that are lists */
export function listFrames (frames: Frame[]): Uint8ArrayList {
  const out = new Uint8ArrayList()

  for (const frame of frames) {
    if (frame instanceof Uint8Array) {
      out.append(joinFrames([frame]))
    } else {
      const prefix = new Uint8Array(prefixLength(frame.byteLength))
      writePrefix(prefix, 0, frame.byteLength)
      out.append(prefix, frame)
    }
  }

  return out
}

/** Several frames as the bytes of one write */
export function joinFrames (frames: Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0

  for (const frame of frames) {
    size += prefixLength(frame.byteLength) + frame.byteLength
  }

  const out = new Uint8Array(size)
  let offset = 0

  for (const frame of frames) {
    offset = writeFrame(out, offset, frame)
  }

  return out
}

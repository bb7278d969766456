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
  let length = frame.byteLength

  while (length >= 0x80) {
    out[offset++] = (length & 0x7f) | 0x80
    length >>>= 7
  }

  out[offset++] = length
  out.set(frame, offset)

  return offset + frame.byteLength
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

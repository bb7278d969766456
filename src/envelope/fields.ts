/**
 * Messages that consist of `bytes` fields only (EnvelopeHead, SmallEnvelope,
 * SignedReceipts), written and read strictly: field 1, field 2 and so on, each
 * once, none missing, nothing else, shortest lengths. That is what protobuf writes
 * anyway, and leaves exactly one encoding of a message: a decoder that skips what it
 * does not know would let whoever forwards an envelope change it unnoticed.
 */

/** Undefined when the bytes are anything else than `count` such fields */
export function readFields (bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  const fields: Uint8Array[] = []
  let offset = 0

  for (let number = 1; number <= count; number++) {
    if (bytes[offset++] !== tagOf(number)) {
      return
    }

    let length = 0
    let shift = 0
    let byte: number

    do {
      byte = bytes[offset++]

      // 4 bytes of length are 256 MiB, more than any message; the last one must not be an empty one
      if (byte === undefined || shift > 21 || (shift > 0 && byte === 0)) {
        return
      }

      length |= (byte & 0x7f) << shift
      shift += 7
    } while (byte > 0x7f)

    if (offset + length > bytes.byteLength) {
      return
    }

    fields.push(bytes.subarray(offset, offset + length))
    offset += length
  }

  return offset === bytes.byteLength ? fields : undefined
}

export function writeFields (fields: Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0

  for (const field of fields) {
    size += 1 + varintLength(field.byteLength) + field.byteLength
  }

  const out = new Uint8Array(size)
  let offset = 0

  for (let i = 0; i < fields.length; i++) {
    out[offset++] = tagOf(i + 1)
    let length = fields[i].byteLength

    while (length > 0x7f) {
      out[offset++] = (length & 0x7f) | 0x80
      length >>>= 7
    }

    out[offset++] = length
    out.set(fields[i], offset)
    offset += fields[i].byteLength
  }

  return out
}

/**
 * Whether a protobuf message has at most `max` fields, counted without decoding any:
 * a few bytes each, an empty element costs its sender two bytes and a decoder a
 * hundred times as much. False also for what cannot be walked, groups included.
 */
export function hasAtMostFields (bytes: Uint8Array, max: number): boolean {
  let offset = 0

  for (let count = 0; offset < bytes.byteLength; count++) {
    if (count === max) {
      return false
    }

    const tag = readVarint(bytes, offset)

    if (tag == null) {
      return false
    }

    offset = tag.end

    switch (tag.value & 7) {
      case 0: {
        const value = readVarint(bytes, offset)

        if (value == null) {
          return false
        }

        offset = value.end
        break
      }
      case 1:
        offset += 8
        break
      case 2: {
        const length = readVarint(bytes, offset)

        if (length == null) {
          return false
        }

        offset = length.end + length.value
        break
      }
      case 5:
        offset += 4
        break
      default:
        return false
    }
  }

  return offset === bytes.byteLength
}

/** Bytes of a number as a protobuf varint */
export function varintLength (value: number): number {
  let length = 1

  while (value > 0x7f) {
    value = Math.floor(value / 128)
    length++
  }

  return length
}

function readVarint (bytes: Uint8Array, offset: number): { value: number, end: number } | undefined {
  let value = 0

  for (let i = 0; i < 10; i++) {
    const byte = bytes[offset + i]

    if (byte === undefined) {
      return
    }

    value += (byte & 0x7f) * 2 ** (7 * i)

    if (byte < 0x80) {
      return { value, end: offset + i + 1 }
    }
  }
}

function tagOf (number: number): number {
  return number << 3 | 2
}

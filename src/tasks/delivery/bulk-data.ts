/**
 * The one message of a bulk channel that is long: a chunk. Its bytes are neither copied
 * into a message nor out of one.
 */

/** Tag of the field `data`: its number is 3, its form length-delimited */
const DATA = 0x1a

/** What stands before `length` bytes of `data` */
export function dataHead (length: number): Uint8Array {
  const head = [DATA]

  for (; length >= 0x80; length >>>= 7) {
    head.push((length & 0x7f) | 0x80)
  }

  head.push(length)

  return new Uint8Array(head)
}

/** `data` of a message that holds nothing else; undefined for any other message */
export function dataOf (pieces: Uint8Array[]): Uint8Array[] | undefined {
  const [first, ...rest] = pieces
  const whole = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)

  if (first?.[0] !== DATA) {
    return
  }

  let length = 0
  let at = 1

  for (let shift = 0; shift < 28; shift += 7) {
    const byte = first[at++]

    // its head in several pieces: never what an honest sender's connection makes of it
    if (byte == null) {
      return
    }

    length |= (byte & 0x7f) << shift

    if ((byte & 0x80) === 0) {
      return at + length === whole ? [first.subarray(at), ...rest].filter(({ byteLength }) => byteLength > 0) : undefined
    }
  }
}

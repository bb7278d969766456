/** Whole numbers from 0 to below `n` */
export type Below = (n: number) => number

/** Bytes at which decoders decide: ends of ranges, varint flags, ASCII that JSON and YAML are made of */
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x20, 0x22, 0x2c, 0x2f, 0x3a, 0x3d, 0x5b, 0x5c, 0x7b, 0x7d]

export interface Material {
  corpus: Uint8Array[]
  /** Pieces that mean something to the decoder */
  dictionary: Uint8Array[]
  /** Bytes */
  maxLength: number
}

type Mutation = (data: Uint8Array, below: Below, material: Material) => Uint8Array

const put = (data: Uint8Array, at: number, remove: number, piece: Uint8Array): Uint8Array => Buffer.concat([data.subarray(0, at), piece, data.subarray(at + remove)])

const change = (data: Uint8Array, below: Below, fn: (byte: number) => number): Uint8Array => {
  if (data.byteLength === 0) {
    return data
  }

  const copy = Uint8Array.from(data)
  const at = below(copy.byteLength)
  copy[at] = fn(copy[at])

  return copy
}

const somePiece = (data: Uint8Array, below: Below): Uint8Array => {
  const at = below(data.byteLength + 1)

  return data.subarray(at, at + 1 + below(32))
}

const MUTATIONS: Mutation[] = [
  (data, below) => change(data, below, byte => byte ^ (1 << below(8))),
  (data, below) => change(data, below, byte => byte + 1 + below(16)),
  (data, below) => change(data, below, byte => byte - 1 - below(16)),
  (data, below) => change(data, below, () => INTERESTING[below(INTERESTING.length)]),
  (data, below) => change(data, below, () => below(256)),
  (data, below) => put(data, below(data.byteLength + 1), 1 + below(16), new Uint8Array(0)),
  (data, below) => put(data, below(data.byteLength + 1), 0, Uint8Array.from({ length: 1 + below(8) }, () => below(256))),
  (data, below) => put(data, below(data.byteLength + 1), 0, somePiece(data, below)),
  (data, below) => put(data, below(data.byteLength + 1), below(8), somePiece(data, below)),
  (data, below) => data.subarray(0, below(data.byteLength + 1)),
  (data, below, { dictionary }) => dictionary.length === 0 ? data : put(data, below(data.byteLength + 1), 0, dictionary[below(dictionary.length)]),
  (data, below, { dictionary }) => {
    if (dictionary.length === 0) {
      return data
    }

    const piece = dictionary[below(dictionary.length)]

    return put(data, below(data.byteLength + 1), piece.byteLength, piece)
  },
  (data, below, { corpus }) => {
    const other = corpus[below(corpus.length)]

    return put(data, below(data.byteLength + 1), data.byteLength, other.subarray(below(other.byteLength + 1)))
  },
  (data, below, { corpus }) => put(data, below(data.byteLength + 1), 0, somePiece(corpus[below(corpus.length)], below)),
  // many times the same: what costs little to send and much to decode
  (data, below) => {
    const piece = somePiece(data, below)

    return put(data, below(data.byteLength + 1), 0, Buffer.concat(Array.from({ length: 1 + below(64) }, () => piece)))
  }
]

export function mutate (below: Below, material: Material): Uint8Array {
  let data = material.corpus[below(material.corpus.length)]

  for (let n = 1 << below(4); n > 0; n--) {
    data = MUTATIONS[below(MUTATIONS.length)](data, below, material)
  }

  return data.subarray(0, material.maxLength)
}

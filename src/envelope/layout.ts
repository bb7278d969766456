import { CHUNK, TAG } from './index.ts'

/**
 * How a plaintext is cut. Every chunk but the last holds CHUNK bytes; the last holds
 * the rest, 1 to CHUNK bytes. A plaintext is never empty, so there always is a last
 * chunk and it is never empty.
 */

/** Bytes of a whole sealed chunk */
const SEALED_CHUNK = CHUNK + TAG

/** Bytes of an AES-GCM nonce */
const NONCE = 12

export function sealedSize (plaintextSize: number): number {
  return plaintextSize + Math.ceil(plaintextSize / CHUNK) * TAG
}

export function chunkCount (size: number): number {
  return Math.ceil(size / SEALED_CHUNK)
}

/** Undefined for a size that no plaintext has */
export function plaintextSizeOf (size: number): number | undefined {
  const plaintextSize = size - chunkCount(size) * TAG

  return plaintextSize > 0 && sealedSize(plaintextSize) === size ? plaintextSize : undefined
}

/** Bytes of one sealed chunk */
export function sealedChunkLength (size: number, index: number): number {
  return Math.min(SEALED_CHUNK, size - index * SEALED_CHUNK)
}

/**
 * Seven zero bytes, the chunk's number (32 bits, big endian), 1 in the last chunk and 0
 * in all others. The key of the chunks belongs to one envelope alone, so a counter
 * needs no random part; number and flag make every exchange, repetition, omission or
 * addition of chunks fail to open.
 */
export function chunkNonce (index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE)
  nonce[7] = index >>> 24
  nonce[8] = index >>> 16
  nonce[9] = index >>> 8
  nonce[10] = index
  nonce[11] = last ? 1 : 0

  return nonce
}

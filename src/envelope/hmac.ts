import { createHmac, hash } from 'node:crypto'

/** Bytes of a SHA-256 block */
const BLOCK = 64
const DIGEST = 32

/** Longest input in bytes for which the scratch space is used: a label and its neighbours fit */
const SHORT = 2_048

const inside = new Uint8Array(BLOCK + SHORT)
const outside = new Uint8Array(BLOCK + DIGEST)
const NONE = new Uint8Array(0)

/**
 * HMAC-SHA256 (RFC 2104) with a key of at most 64 bytes. An envelope needs 24 of them.
 * A Hmac object and its KeyObject cost 4 us with the garbage they leave; two one-shot
 * hashes over a scratch space cost half of it.
 */
export function hmacSha256 (key: Uint8Array, a: Uint8Array, b: Uint8Array = NONE, c: Uint8Array = NONE): Uint8Array<ArrayBuffer> {
  const length = a.byteLength + b.byteLength + c.byteLength

  if (length > SHORT) {
    return own(createHmac('sha256', key).update(a).update(b).update(c).digest())
  }

  inside.fill(0x36, 0, BLOCK)
  outside.fill(0x5c, 0, BLOCK)

  for (let i = 0; i < key.byteLength; i++) {
    inside[i] ^= key[i]
    outside[i] ^= key[i]
  }

  inside.set(a, BLOCK)
  inside.set(b, BLOCK + a.byteLength)
  inside.set(c, BLOCK + a.byteLength + b.byteLength)
  outside.set(hash('sha256', inside.subarray(0, BLOCK + length), 'buffer'), BLOCK)

  return own(hash('sha256', outside, 'buffer'))
}

/** HKDF-Expand (RFC 5869) with SHA-256 to 32 bytes, which is one HMAC */
export function expand32 (key: Uint8Array, info: Uint8Array, more: Uint8Array = NONE): Uint8Array<ArrayBuffer> {
  return hmacSha256(key, info, more, ONE)
}

const ONE = Uint8Array.of(1)

function own ({ buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { under } from '../core/domains.ts'

/** Bytes with an ArrayBuffer of their own: not a view into a pooled or received buffer */
export type Owned = Uint8Array<ArrayBuffer>

export function owned (bytes: Uint8Array): Owned {
  return new Uint8Array(bytes)
}

/** SHA-256 under a domain */
export function sha256 (domain: Uint8Array, ...parts: Uint8Array[]): Owned {
  return owned(hash('sha256', under(domain, ...parts), 'buffer'))
}

/** HMAC-SHA256 under a domain */
export function hmac (key: Uint8Array, domain: Uint8Array, ...parts: Uint8Array[]): Owned {
  return owned(createHmac('sha256', key).update(under(domain, ...parts)).digest())
}

/** In constant time for equal lengths; lengths are public */
export function sameSecret (left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}

/** A part whose end cannot be mistaken: 4-byte big-endian length, bytes */
export function part (value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return under(uint32(bytes.byteLength), bytes)
}

export function uint32 (value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

export function uint64 (value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

export function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

export function unhex (text: string): Owned {
  return owned(Buffer.from(text, 'hex'))
}

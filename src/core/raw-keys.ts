import { createPrivateKey, createPublicKey } from 'node:crypto'
import { BoundedMap } from './bounded-map.ts'
import type { KeyObject } from 'node:crypto'

/**
 * Keys of both curves travel and rest as 32 raw bytes; node:crypto works on
 * KeyObjects. DER and JWK rather than the newer `raw-public` formats, because
 * those do not exist on every Node we run on.
 */
export type Curve = 'Ed25519' | 'X25519'

/** Bytes of a raw key of either curve */
export const RAW_KEY = 32

/** Public keys kept as KeyObjects: an import costs 20 us, half of an agreement */
const CACHED_PUBLIC_KEYS = 1_024

/** PKCS8 up to the 32 bytes of the key (RFC 8410) */
const PKCS8 = {
  Ed25519: Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]),
  X25519: Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20])
}

const cached = {
  Ed25519: new BoundedMap<string, KeyObject>(CACHED_PUBLIC_KEYS),
  X25519: new BoundedMap<string, KeyObject>(CACHED_PUBLIC_KEYS)
}

export function importPrivateKey (curve: Curve, raw: Uint8Array): KeyObject {
  checkLength(raw)
  const der = Buffer.alloc(PKCS8[curve].byteLength + RAW_KEY)
  der.set(PKCS8[curve])
  der.set(raw, PKCS8[curve].byteLength)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)

  return key
}

export function importPublicKey (curve: Curve, raw: Uint8Array): KeyObject {
  checkLength(raw)

  return createPublicKey({ key: { kty: 'OKP', crv: curve, x: view(raw).toString('base64url') }, format: 'jwk' })
}

/** Like `importPublicKey`, for keys that are used again: those of other sites */
export function cachedPublicKey (curve: Curve, raw: Uint8Array): KeyObject {
  const name = view(raw).toString('latin1')
  let key = cached[curve].get(name)

  if (key == null) {
    key = importPublicKey(curve, raw)
    cached[curve].set(name, key)
  }

  return key
}

/** The 32 bytes of a public key, also of the public half of a private one */
export function rawPublicKey (key: KeyObject): Uint8Array<ArrayBuffer> {
  return fromBase64url(key.export({ format: 'jwk' }).x)
}

/** The 32 secret bytes of a private key */
export function rawPrivateKey (key: KeyObject): Uint8Array<ArrayBuffer> {
  return fromBase64url(key.export({ format: 'jwk' }).d)
}

function fromBase64url (text: string | undefined): Uint8Array<ArrayBuffer> {
  if (text == null) {
    throw new TypeError('not a key of this kind')
  }

  // a copy: small Buffers are windows into a shared pool
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

function checkLength (raw: Uint8Array): void {
  if (raw.byteLength !== RAW_KEY) {
    throw new TypeError(`a raw key has ${RAW_KEY} bytes, not ${raw.byteLength}`)
  }
}

function view (bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

import { diffieHellman, generateKeyPairSync, hash } from 'node:crypto'
import { cachedPublicKey, importPrivateKey, importPublicKey, rawPrivateKey, rawPublicKey } from './raw-keys.ts'
import type { KeyObject } from 'node:crypto'

/** Bytes of a key id */
export const KEY_ID = 8

export interface X25519KeyPair {
  privateKey: KeyObject
  /** 32 bytes */
  publicKey: Uint8Array<ArrayBuffer>
}

export function x25519Generate (): X25519KeyPair & { rawPrivateKey: Uint8Array<ArrayBuffer> } {
  const { privateKey } = generateKeyPairSync('x25519')

  return { privateKey, publicKey: rawPublicKey(privateKey), rawPrivateKey: rawPrivateKey(privateKey) }
}

export function x25519FromRaw (raw: Uint8Array): X25519KeyPair {
  const privateKey = importPrivateKey('X25519', raw)

  return { privateKey, publicKey: rawPublicKey(privateKey) }
}

/**
 * The shared secret, 32 bytes; undefined when the public key is one of the few of
 * small order, with which the secret would be zero whatever our key is (RFC 9180,
 * section 7.1.4).
 * With `once` the public key is not remembered: an ephemeral one never comes again.
 */
export function x25519Agree (privateKey: KeyObject, publicKey: Uint8Array, once: boolean = false): Uint8Array | undefined {
  const imported = once ? importPublicKey('X25519', publicKey) : cachedPublicKey('X25519', publicKey)

  try {
    return diffieHellman({ privateKey, publicKey: imported })
  } catch (error: any) {
    // OpenSSL refuses to hand out the zero secret
    if (error?.code === 'ERR_OSSL_FAILED_DURING_DERIVATION') {
      return
    }

    throw error
  }
}

/** First 8 bytes of SHA-256 of the public key: names an encryption key in records and labels */
export function keyId (publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', publicKey, 'buffer').subarray(0, KEY_ID))
}

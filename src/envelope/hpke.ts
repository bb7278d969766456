import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { x25519Agree, x25519FromRaw } from '../core/x25519.ts'
import { expand32, hmacSha256 } from './hmac.ts'
import type { X25519KeyPair } from '../core/x25519.ts'
import type { KeyObject } from 'node:crypto'

/**
 * HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
 * and AES-GCM. Ours, on node:crypto, because it runs once for each envelope in each
 * direction and takes 0.1 ms here where the libraries, which work on WebCrypto's
 * X25519 and its promises, take 0.7 ms. Proven against the RFC's vectors and against
 * the package `@hpke/core` in test/envelope/hpke.spec.ts.
 *
 * The ephemeral key is DeriveKeyPair of `ikm`, never drawn here: the same input
 * sealed again is the same bytes. Callers must therefore derive `ikm` from a secret
 * AND from everything else they pass in, or two plaintexts would share a nonce.
 */
export interface Aead {
  /** AEAD id of RFC 9180, section 7.3 */
  id: number
  cipher: 'aes-128-gcm' | 'aes-256-gcm'
  /** Bytes */
  keyLength: number
}

export const AES_256_GCM: Aead = { id: 2, cipher: 'aes-256-gcm', keyLength: 32 }

/** For the RFC's vectors of appendix A.1 */
export const AES_128_GCM: Aead = { id: 1, cipher: 'aes-128-gcm', keyLength: 16 }

export interface HpkeSealInput {
  /** X25519, 32 bytes */
  publicKey: Uint8Array
  /** 32 secret bytes from which the ephemeral key is derived */
  ikm: Uint8Array
  info: Uint8Array
  aad?: Uint8Array
  plaintext: Uint8Array
  /** @default AES_256_GCM */
  aead?: Aead
}

export interface HpkeOpenInput {
  recipient: X25519KeyPair
  /** 32 bytes */
  enc: Uint8Array
  info: Uint8Array
  aad?: Uint8Array
  ciphertext: Uint8Array
  /** @default AES_256_GCM */
  aead?: Aead
}

/** Bytes of a tag */
const TAG = 16
const DHKEM_X25519 = 0x0020
const HKDF_SHA256 = 0x0001

const NONE = new Uint8Array(0)
const VERSION = ascii('HPKE-v1')
const KEM_SUITE = Uint8Array.from([...ascii('KEM'), ...be16(DHKEM_X25519)])

/** An empty salt or PSK: HMAC pads it with zeros anyway */
const EMPTY = new Uint8Array(32)

const extractLabels = {
  dkpPrk: label(KEM_SUITE, 'dkp_prk'),
  eaePrk: label(KEM_SUITE, 'eae_prk')
}

const expandLabels = {
  sk: label(KEM_SUITE, 'sk', 32),
  sharedSecret: label(KEM_SUITE, 'shared_secret', 32)
}

const suites = new Map([AES_128_GCM, AES_256_GCM].map((aead) => [aead.id, suiteOf(aead)]))

/** What the KEM gives: `enc` travels, the secret is the sender's and the recipient's alone */
export interface Encapsulation {
  enc: Uint8Array
  sharedSecret: Uint8Array
}

/**
 * Encap of RFC 9180 with the ephemeral key that `ikm` derives
 *
 * @throws {RangeError} when the public key is of small order
 */
export function encapsulate (publicKey: Uint8Array, ikm: Uint8Array): Encapsulation {
  const ephemeral = deriveKeyPair(ikm)
  const dh = x25519Agree(ephemeral.privateKey, publicKey)

  if (dh == null) {
    throw new RangeError('the recipient\'s public key is of small order: nothing can be sealed for it')
  }

  return { enc: ephemeral.publicKey, sharedSecret: extractAndExpand(dh, ephemeral.publicKey, publicKey) }
}

/** Decap; undefined when `enc` is no key, or one of small order */
export function decapsulate (recipient: X25519KeyPair, enc: Uint8Array): Uint8Array | undefined {
  const dh = enc.byteLength === 32 ? x25519Agree(recipient.privateKey, enc, true) : undefined

  return dh == null ? undefined : extractAndExpand(dh, enc, recipient.publicKey)
}

/**
 * @throws {RangeError} when the public key is of small order
 */
export function hpkeSeal (input: HpkeSealInput): { enc: Uint8Array, ciphertext: Uint8Array<ArrayBuffer> } {
  const { enc, sharedSecret } = encapsulate(input.publicKey, input.ikm)

  return { enc, ciphertext: sealUnder(sharedSecret, input) }
}

/** Undefined when it does not open, whatever the reason */
export function hpkeOpen (input: HpkeOpenInput): Uint8Array | undefined {
  const sharedSecret = decapsulate(input.recipient, input.enc)

  return sharedSecret == null ? undefined : openUnder(sharedSecret, input)
}

/**
 * The key schedule and the first message of its context. Under one shared secret,
 * key and nonce are a function of `info`: who uses a secret twice must give each
 * plaintext an `info` of its own.
 */
export function sealUnder (sharedSecret: Uint8Array, input: Pick<HpkeSealInput, 'info' | 'aad' | 'plaintext' | 'aead'>): Uint8Array<ArrayBuffer> {
  const aead = input.aead ?? AES_256_GCM
  const { key, nonce } = schedule(aead, sharedSecret, input.info)
  const cipher = createCipheriv(aead.cipher, key, nonce)
  cipher.setAAD(input.aad ?? NONE)
  const sealed = cipher.update(input.plaintext)
  cipher.final()
  const ciphertext = new Uint8Array(sealed.byteLength + TAG)
  ciphertext.set(sealed)
  ciphertext.set(cipher.getAuthTag(), sealed.byteLength)

  return ciphertext
}

/** Undefined when it does not open */
export function openUnder (sharedSecret: Uint8Array, input: Pick<HpkeOpenInput, 'info' | 'aad' | 'ciphertext' | 'aead'>): Uint8Array | undefined {
  const { ciphertext } = input

  if (ciphertext.byteLength < TAG) {
    return
  }

  const aead = input.aead ?? AES_256_GCM
  const { key, nonce } = schedule(aead, sharedSecret, input.info)
  const end = ciphertext.byteLength - TAG
  const decipher = createDecipheriv(aead.cipher, key, nonce, { authTagLength: TAG })
  decipher.setAAD(input.aad ?? NONE)
  decipher.setAuthTag(ciphertext.subarray(end))
  const plaintext = decipher.update(ciphertext.subarray(0, end))

  try {
    decipher.final()
  } catch {
    // the tag does not fit: the only way in which final() fails
    return
  }

  return plaintext
}

/** DeriveKeyPair of RFC 9180, section 7.1.3 */
export function deriveKeyPair (ikm: Uint8Array): X25519KeyPair {
  const prk = extract(EMPTY, extractLabels.dkpPrk, ikm)

  return x25519FromRaw(expand32(prk, expandLabels.sk, NONE))
}

/** ExtractAndExpand of the KEM */
function extractAndExpand (dh: Uint8Array, enc: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const kemContext = new Uint8Array(64)
  kemContext.set(enc)
  kemContext.set(publicKey, 32)

  return expand32(extract(EMPTY, extractLabels.eaePrk, dh), expandLabels.sharedSecret, kemContext)
}

/** The key schedule for sequence number 0 */
function schedule (aead: Aead, sharedSecret: Uint8Array, info: Uint8Array): { key: KeyObject, nonce: Uint8Array } {
  const suite = suites.get(aead.id)

  if (suite == null) {
    throw new RangeError(`no AEAD ${aead.id}`)
  }

  const context = new Uint8Array(65) // mode_base is its first byte, 0
  context.set(suite.pskIdHash, 1)
  context.set(extract(EMPTY, suite.infoHash, info), 33)
  const secret = extract(sharedSecret, suite.secret, NONE)

  return {
    key: createSecretKey(expand32(secret, suite.key, context).subarray(0, aead.keyLength)),
    nonce: expand32(secret, suite.baseNonce, context).subarray(0, 12)
  }
}

/** Everything of a suite that no message changes */
interface Suite {
  pskIdHash: Uint8Array
  infoHash: Uint8Array
  secret: Uint8Array
  key: Uint8Array
  baseNonce: Uint8Array
}

function suiteOf (aead: Aead): Suite {
  const id = Uint8Array.from([...ascii('HPKE'), ...be16(DHKEM_X25519), ...be16(HKDF_SHA256), ...be16(aead.id)])

  return {
    pskIdHash: extract(EMPTY, label(id, 'psk_id_hash'), NONE),
    infoHash: label(id, 'info_hash'),
    secret: label(id, 'secret'),
    key: label(id, 'key', aead.keyLength),
    baseNonce: label(id, 'base_nonce', 12)
  }
}

/** What LabeledExtract puts before its input, or with a length what LabeledExpand does */
function label (suite: Uint8Array, text: string, length?: number): Uint8Array {
  return Uint8Array.from([...(length == null ? [] : be16(length)), ...VERSION, ...suite, ...ascii(text)])
}

/** HKDF-Extract */
function extract (salt: Uint8Array, label: Uint8Array, ikm: Uint8Array): Uint8Array {
  return hmacSha256(salt, label, ikm)
}

function ascii (text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function be16 (value: number): number[] {
  return [value >> 8, value & 0xff]
}

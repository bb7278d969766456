import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { noise } from '@libp2p/noise'
import { defaultCrypto } from '@libp2p/noise/crypto'
import { Uint8ArrayList } from 'uint8arraylist'
import { release } from '../store/messages.ts'
import type { MessageStream, SecuredConnection } from '@libp2p/interface'
import type { KeyObject } from 'node:crypto'

type NoiseFactory = ReturnType<typeof noise>
type Encrypter = ReturnType<NoiseFactory>
type Bytes = Uint8Array | Uint8ArrayList

/** Shorter messages are quicker in the package's own code, bytes */
const LONG = 1_200

const TAG = 16
const CIPHER = 'chacha20-poly1305'
const OPTIONS = { authTagLength: TAG }

/** By the array that a session holds: making one anew costs as much as encrypting 16 KiB */
const keys = new WeakMap<Uint8Array, KeyObject>()

/** What the installed package's connection shows beside its interface */
interface Secured {
  stream?: { socket?: unknown }
  handshake?: { decrypt(ciphertext: Bytes): Bytes }
  decrypt?(chunk: Bytes): Uint8ArrayList
}

/**
 * Noise with less work for long messages: keys are imported once, received bytes are
 * not copied for nobody, and what was read from a socket is given back as soon as it is
 * decrypted. Left to the collector, 64 MiB of it would start a collection of everything.
 */
export function quickNoise (): NoiseFactory {
  const create = noise({
    crypto: { ...defaultCrypto, chaCha20Poly1305Encrypt: encrypt, chaCha20Poly1305Decrypt: decrypt }
  })

  return (components) => {
    const encrypter: Encrypter = create(components)
    const secureInbound: Encrypter['secureInbound'] = encrypter.secureInbound.bind(encrypter)
    const secureOutbound: Encrypter['secureOutbound'] = encrypter.secureOutbound.bind(encrypter)

    encrypter.secureInbound = async (connection, options) => quickened(await secureInbound(connection, options))
    encrypter.secureOutbound = async (connection, options) => quickened(await secureOutbound(connection, options))

    return encrypter
  }
}

/** A connection of another shape than the installed one is left as it is: only slower */
function quickened<T extends SecuredConnection> (secured: T): T {
  const connection = secured.connection as MessageStream & Secured
  const { handshake, stream } = connection

  if (handshake == null || connection.decrypt == null) {
    return secured
  }

  /** Nobody else has a part in what a socket read; the bytes of a relayed connection are also those of others */
  const isOwn = stream?.socket != null

  connection.decrypt = (chunk) => {
    const plaintext = handshake.decrypt(chunk)

    if (isOwn) {
      giveBack(chunk)
    }

    return plaintext instanceof Uint8Array ? new Uint8ArrayList(plaintext) : plaintext
  }

  return secured
}

/** Messages come in order: whoever took a read's last byte was the last to need it */
function giveBack (chunk: Bytes): void {
  for (const bytes of chunk instanceof Uint8Array ? [chunk] : chunk) {
    if (bytes.byteOffset + bytes.byteLength === bytes.buffer.byteLength) {
      release(new Uint8Array(bytes.buffer))
    }
  }
}

function keyOf (key: Uint8Array): KeyObject {
  let imported = keys.get(key)

  if (imported == null) {
    imported = createSecretKey(key)
    keys.set(key, imported)
  }

  return imported
}

function encrypt (plaintext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Bytes {
  if (plaintext.byteLength < LONG) {
    return defaultCrypto.chaCha20Poly1305Encrypt(plaintext, nonce, ad, key)
  }

  const cipher = createCipheriv(CIPHER, keyOf(key), nonce, OPTIONS)
  const output = new Uint8ArrayList()

  if (ad.byteLength > 0) {
    cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
  }

  for (const bytes of plaintext instanceof Uint8Array ? [plaintext] : plaintext) {
    output.append(cipher.update(bytes))
  }

  cipher.final()
  output.append(cipher.getAuthTag())

  return output
}

function decrypt (ciphertext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array, dst?: Uint8Array): Bytes {
  if (ciphertext.byteLength < LONG) {
    return defaultCrypto.chaCha20Poly1305Decrypt(ciphertext, nonce, ad, key, dst)
  }

  const length = ciphertext.byteLength - TAG
  const decipher = createDecipheriv(CIPHER, keyOf(key), nonce, OPTIONS)
  const output = new Uint8ArrayList()

  if (ad.byteLength > 0) {
    decipher.setAAD(ad, { plaintextLength: length })
  }

  decipher.setAuthTag(ciphertext.subarray(length))

  for (const bytes of ciphertext instanceof Uint8Array ? [ciphertext.subarray(0, length)] : ciphertext.sublist(0, length)) {
    output.append(decipher.update(bytes))
  }

  // throws when the tag does not fit
  decipher.final()

  return output
}

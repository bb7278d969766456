import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { cachedPublicKey, importPrivateKey, RAW_KEY, rawPublicKey } from './raw-keys.ts'
import type { SiteSigner, Verify } from './identity.ts'
import type { SiteId } from './ids.ts'
import type { KeyObject } from 'node:crypto'

/** Bytes of an Ed25519 signature */
export const SIGNATURE = 64

/**
 * A trip to the thread pool costs about as much CPU as the signature itself. It pays
 * where other cores are idle; on two cores that a daemon shares with its apps, signing
 * in place made a fifth more round trips a second.
 */
const POOLED = availableParallelism() > 2

export interface SignerInit {
  siteId: SiteId
  /** Ed25519 */
  privateKey: KeyObject
}

export function generateEd25519 (): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}

/** The private key whose 32 secret bytes these are */
export function ed25519FromRaw (raw: Uint8Array): KeyObject {
  return importPrivateKey('Ed25519', raw)
}

/**
 * Signs in node:crypto's thread pool where there are cores for it: one-shot with a
 * callback, so that many signatures use all of them.
 */
export function createSigner (init: SignerInit): SiteSigner {
  return POOLED ? pooledSigner(init) : syncSigner(init)
}

function pooledSigner (init: SignerInit): SiteSigner {
  const { siteId, privateKey } = checked(init)

  return {
    siteId,
    publicKey: rawPublicKey(privateKey),
    sign: async (data) => new Promise((resolve, reject) => {
      sign(null, data, privateKey, (error, signature) => {
        if (error != null) {
          reject(error)
        } else {
          resolve(signature)
        }
      })
    })
  }
}

/** Verifies in the thread pool where there are cores for it */
export const verifyEd25519: Verify = async (publicKey, data, signature) => {
  const key = usable(publicKey, signature)

  if (key == null) {
    return false
  }

  if (!POOLED) {
    return verify(null, data, key, signature)
  }

  return new Promise((resolve) => {
    verify(null, data, key, signature, (error, valid) => {
      resolve(error == null && valid)
    })
  })
}

/** Signs at once, always: the order of events in a simulation must not depend on threads */
export function syncSigner (init: SignerInit): SiteSigner {
  const { siteId, privateKey } = checked(init)

  return {
    siteId,
    publicKey: rawPublicKey(privateKey),
    sign: async (data) => sign(null, data, privateKey)
  }
}

/** Verifies at once, for simulations */
export const syncVerify: Verify = async (publicKey, data, signature) => verifyNow(publicKey, data, signature)

/** Verifies without a promise, for long chains that are checked in one go */
export function verifyNow (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const key = usable(publicKey, signature)

  return key != null && verify(null, data, key, signature)
}

function usable (publicKey: Uint8Array, signature: Uint8Array): KeyObject | undefined {
  if (publicKey.byteLength !== RAW_KEY || signature.byteLength !== SIGNATURE) {
    return
  }

  return cachedPublicKey('Ed25519', publicKey)
}

function checked (init: SignerInit): SignerInit {
  if (init.privateKey.type !== 'private' || init.privateKey.asymmetricKeyType !== 'ed25519') {
    throw new TypeError('a site signs with an Ed25519 private key')
  }

  return init
}

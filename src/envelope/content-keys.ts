import { createHmac, createSecretKey } from 'node:crypto'
import { domains, under } from '../core/domains.ts'
import { sha256 } from './sha256.ts'
import type { KeyObject } from 'node:crypto'

/** What encrypts and proves the content of one envelope */
export interface ContentKeys {
  /** AES-256-GCM key of the chunks */
  chunk: KeyObject
  /** HMAC key of the content tag */
  tag: KeyObject
  /** Stands in the label, 32 bytes */
  commitment: Uint8Array
}

/** What the sender derives from an envelope's seed */
export interface SenderSecrets {
  /** 32 bytes, wrapped for the recipient */
  contentKey: Uint8Array
  /** 32 bytes, HPKE's ephemeral key is derived from them */
  ikm: Uint8Array
}

const ONE = Uint8Array.of(1)

/**
 * The secrets depend on the seed AND on all that the envelope says: its label (with
 * both commitments still zero), the recipient's public key and Inner, which holds the
 * hash of the body. So the same envelope gives the same bytes, which resuming needs,
 * while any difference (another key of the recipient after a rotation, a result that was
 * updated between two attempts, a restored backup) gives keys that were never used
 * before. A key and nonce therefore never meet two plaintexts, whatever the caller
 * does with a seed.
 */
export function senderSecrets (seed: Uint8Array, blankLabel: Uint8Array, publicKey: Uint8Array, inner: Uint8Array): SenderSecrets {
  const key = createSecretKey(seed)
  const context = sha256(under(domains.envelopeContext, sha256(blankLabel), publicKey, sha256(inner)))

  return {
    contentKey: expand(key, under(domains.envelopeContentKey, context)),
    ikm: expand(key, under(domains.envelopeEphemeral, context))
  }
}

export function contentKeys (contentKey: Uint8Array): ContentKeys {
  const key = createSecretKey(contentKey)

  return {
    chunk: createSecretKey(expand(key, domains.envelopeChunkKey)),
    tag: createSecretKey(expand(key, domains.envelopeTagKey)),
    commitment: expand(key, domains.envelopeKeyCommitment)
  }
}

/**
 * Inner holds size and hash of the body, so with the key's commitment this makes the
 * label commit to the whole content before a byte of it is sent.
 */
export function contentTag (keys: ContentKeys, inner: Uint8Array): Uint8Array {
  return createHmac('sha256', keys.tag).update(inner).digest()
}

/** HKDF-Expand (RFC 5869) with SHA-256 to 32 bytes: one HMAC; node's own hkdf takes four times as long */
function expand (key: KeyObject, info: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(info).update(ONE).digest()
}

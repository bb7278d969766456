import { createSecretKey } from 'node:crypto'
import { domains, under } from '../core/domains.ts'
import { expand32, hmacSha256 } from './hmac.ts'
import { sha256 } from './sha256.ts'
import type { KeyObject } from 'node:crypto'

/** What encrypts and proves the content of one envelope */
export interface ContentKeys {
  /** AES-256-GCM key of the chunks */
  chunk: KeyObject
  /** HMAC key of the content tag */
  tag: Uint8Array
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
  const context = sha256(under(domains.envelopeContext, sha256(blankLabel), publicKey, sha256(inner)))

  return {
    contentKey: expand32(seed, domains.envelopeContentKey, context),
    ikm: expand32(seed, domains.envelopeEphemeral, context)
  }
}

export function contentKeys (contentKey: Uint8Array): ContentKeys {
  return {
    chunk: createSecretKey(expand32(contentKey, domains.envelopeChunkKey)),
    tag: expand32(contentKey, domains.envelopeTagKey),
    commitment: expand32(contentKey, domains.envelopeKeyCommitment)
  }
}

/**
 * Inner holds size and hash of the body, so with the key's commitment this makes the
 * label commit to the whole content before a byte of it is sent.
 */
export function contentTag (keys: ContentKeys, inner: Uint8Array): Uint8Array {
  return hmacSha256(keys.tag, inner)
}

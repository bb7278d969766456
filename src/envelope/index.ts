/**
 * The envelope: a small outer label that relays may see, everything else sealed
 * for one recipient site and signed by the sender's site.
 *
 * Plaintext = 4-byte big-endian length of Inner, Inner, body. It is cut into chunks
 * of `CHUNK` bytes, each sealed by AES-256-GCM under the content key with a nonce
 * of its counter and a final flag, and the label's hash as associated data. All key
 * material of an envelope is derived from its `seed`: the same envelope sealed
 * again for the same key is the same bytes, which is what lets a transfer resume
 * after a crash of either side. Formats and vectors: docs/wire.md
 */
import type { SiteSigner, Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'
import type { Inner } from './pb/envelope.ts'

/** Plaintext bytes in a chunk */
export const CHUNK = 262_144

/** Bytes of an AES-GCM tag */
export const TAG = 16

/** Longest encoded EnvelopeHead in bytes */
export const MAX_HEAD = 2_048

/** Longest encoded Inner in bytes: room for 1 MiB of metadata and 1,024 recipients */
export const MAX_INNER = 1_572_864

/** Longest body in bytes. @default 64 MiB */
export const MAX_BODY = 67_108_864

/** Envelopes whose ciphertext is at most this many bytes travel on the control stream */
export const SMALL = 131_072

/** Clocks of two sites may differ by this much, ms */
export const CLOCK_SKEW = 300_000

/** Longest life of a task or result, ms: 30 days */
export const MAX_TTL = 2_592_000_000

/** Reads `length` bytes of a body at `offset` */
export type BodyReader = (offset: number, length: number) => Promise<Uint8Array>

export interface SealInput {
  network: string
  /** 16 bytes */
  id: Uint8Array
  from: SiteId
  to: SiteId
  /** Unix ms */
  expires: number
  /** 32 bytes */
  seed: Uint8Array
  recipient: { keyId: Uint8Array, publicKey: Uint8Array }
  /** `body_size` and `body_sha256` must be set */
  inner: Partial<Inner>
  body: BodyReader
}

export interface SealedEnvelope {
  /** Encoded EnvelopeHead */
  head: Uint8Array
  /** SHA-256 of domain and label: names this envelope in receipts and results */
  hash: Uint8Array
  /** Length of the ciphertext in bytes */
  size: number
  /** Number of chunks */
  chunks: number
  /** Ciphertext of one chunk; any order, any number of times */
  chunk(index: number): Promise<Uint8Array>
}

export type Seal = (input: SealInput) => Promise<SealedEnvelope>

export interface LabelView {
  network: string
  id: Uint8Array
  from: SiteId
  to: SiteId
  expires: number
  keyId: Uint8Array
  keyCommitment: Uint8Array
  contentTag: Uint8Array
  size: number
  /** Hash of the label */
  hash: Uint8Array
}

/** The head of an envelope whose label passed limits and canonical form; nothing verified yet */
export interface DecodedHead {
  label: LabelView
  labelBytes: Uint8Array
  enc: Uint8Array
  wrapped: Uint8Array
  signature: Uint8Array
}

/** Why an envelope is not accepted: one code for each check, in the order of the checks */
export type EnvelopeRefusal =
  | 'too-large' | 'malformed' | 'not-member' | 'not-for-me' | 'wrong-network' | 'expired' | 'bad-signature'
  | 'unknown-key' | 'unopenable' | 'inconsistent' | 'too-far-ahead'

/** Opens the chunks of one envelope in order */
export interface Opener {
  readonly chunks: number
  /**
   * Plaintext of a chunk
   *
   * @throws {EnvelopeError} `unopenable`
   */
  open(index: number, ciphertext: Uint8Array): Uint8Array
}

/** What the checks after decoding ask of their surroundings */
export interface EnvelopeComponents {
  network: string
  self: SiteId
  signer: SiteSigner
  verify: Verify
  /** Signing key of a site that is a member now, else undefined */
  signingKey(site: SiteId): Uint8Array | undefined
  /** X25519 private key of this site by key id, 32 bytes raw; undefined when unknown or erased */
  privateKey(keyId: Uint8Array): Uint8Array | undefined
}

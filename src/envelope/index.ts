/**
 * The envelope: a small outer label that relays may see, everything else sealed
 * for one recipient site and signed by the sender's site.
 *
 * Plaintext = 4-byte big-endian length of Inner, Inner, body. It is cut into chunks
 * of `CHUNK` bytes, each sealed by AES-256-GCM under the content key with a nonce
 * of its counter and a final flag, and the label's hash as associated data. All key
 * material of an envelope is derived from its `seed`: the same envelope sealed
 * again for the same key is the same bytes, which is what lets a transfer resume
 * after a crash of either side. Formats and vectors: docs/wire-envelope.md
 */
import type { Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'
import type { Inner } from './pb/envelope.ts'

export type { Inner } from './pb/envelope.ts'

/** Plaintext bytes in a chunk */
export const CHUNK = 262_144

/** Bytes of an AES-GCM tag */
export const TAG = 16

/** Longest encoded EnvelopeHead in bytes */
export const MAX_HEAD = 2_048

/** Longest encoded Inner in bytes: room for 1 MiB of metadata and 1,024 recipients */
export const MAX_INNER = 2_097_152

/** Longest body in bytes. @default 1 GiB */
export const MAX_BODY = 1_073_741_824

/** Envelopes whose ciphertext is at most this many bytes travel on the control stream */
export const SMALL = 131_072

/** Clocks of two sites may differ by this much, ms */
export const CLOCK_SKEW = 300_000

/** Longest life of a task or result, ms: 30 days */
export const MAX_TTL = 2_592_000_000

/** Reads `length` bytes of a body at `offset` */
export type BodyReader = (offset: number, length: number) => Promise<Uint8Array>

/** `bodySize` and `bodySha256` must be set: `body` is read piece by piece, and not before */
export type InnerInput = Omit<Partial<Inner>, 'answers' | 'bodySha256'> & { answers?: Uint8Array, bodySha256?: Uint8Array }

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
  inner: InnerInput
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
  | 'too-large' | 'malformed' | 'unsupported' | 'not-member' | 'not-for-me' | 'wrong-network' | 'expired' | 'too-far-ahead'
  | 'over-budget' | 'bad-signature' | 'unknown-key' | 'unopenable' | 'inconsistent'

/**
 * What may be answered to a refused envelope. `none`: nothing, because nothing yet
 * proves that the label's sender wrote it, and whoever relayed it could have spoilt
 * it on purpose; the sender tries again. `for-now` and `for-good` become the
 * outcomes 2 and 1 of a receipt.
 */
export type RefusalReply = 'none' | 'for-now' | 'for-good'

/** Opens the chunks of one envelope */
export interface Opener {
  readonly chunks: number
  /**
   * Plaintext of a chunk, in any order
   *
   * @throws {EnvelopeError} `unopenable`
   */
  open(index: number, ciphertext: Uint8Array): Uint8Array
  /**
   * The same for a ciphertext in pieces: the plaintext in pieces, the first of a chunk
   * long enough for what stands in front of Inner
   *
   * @throws {EnvelopeError} `unopenable`
   */
  openPieces(index: number, ciphertext: Uint8Array[]): Uint8Array[]
}

/** An envelope whose head passed all checks and whose content key was unwrapped */
export interface Opening extends Opener {
  readonly label: LabelView
  /** Length of the whole plaintext in bytes */
  readonly plaintextSize: number
  /**
   * Inner, from the bytes that hold it: content tag, limits and consistency with
   * the label are checked
   *
   * @throws {EnvelopeError} `unopenable`, `malformed`, `too-large` or `inconsistent`
   */
  inner(bytes: Uint8Array): Inner
}

/** What a whole envelope held */
export interface Opened {
  inner: Inner
  body: Uint8Array
}

/** The plaintext of a large envelope on its way: chunks in order, from the first */
export interface ContentReader {
  /** Known as soon as enough chunks came */
  readonly inner: Inner | undefined
  /** Where in the plaintext the body begins; known with `inner` */
  readonly bodyOffset: number | undefined
  /** @throws {EnvelopeError} as soon as something does not fit */
  push(plaintext: Uint8Array): void
  /**
   * After the last chunk: the body has the size and hash that Inner says
   *
   * @throws {EnvelopeError} `inconsistent`
   */
  finish(): { inner: Inner, bodyOffset: number }
}

/** What the checks after decoding ask of their surroundings */
export interface EnvelopeComponents {
  network: string
  self: SiteId
  verify: Verify
  /** Signing key of a site that is a member now, else undefined */
  signingKey(site: SiteId): Uint8Array | undefined
  /**
   * X25519 private key of this site by key id, 32 bytes raw; undefined when unknown
   * or erased. Return the same array each time: imported keys are remembered by it,
   * and forgotten with it.
   */
  privateKey(keyId: Uint8Array): Uint8Array | undefined
  /** @default no budget */
  budget?: VerificationBudget
}

export interface ArrivalOptions<Seen> {
  /** The member that handed the envelope over: its sender, or who relayed it. Its budget pays for bad signatures. */
  via: SiteId
  /** Unix ms */
  now: number
  /**
   * What was answered to an envelope of this id from this site before. The key must
   * be (`from`, `id`): ids are known to relays, so another member could use one up.
   */
  seen?(label: LabelView): Seen | undefined | Promise<Seen | undefined>
}

export type HeadOutcome<Seen> =
  | { kind: 'fresh', opening: Opening }
  | { kind: 'duplicate', label: LabelView, seen: Seen }

/**
 * The recipient's checks, in this order: size limits and decoding limits (`decodeHead`,
 * `decodeSmall`), roster, to = itself, network, expiry, dedup, signature with signer =
 * from, opening, inner consistent with the label. `head` does those between decoding
 * and inner in one go; each is callable alone, too.
 */
export interface Check {
  /** @throws {EnvelopeError} with the refusal of the first check that fails */
  head<Seen>(head: DecodedHead, options: ArrivalOptions<Seen>): Promise<HeadOutcome<Seen>>
  /** All of it for an envelope that came whole */
  small<Seen>(small: DecodedSmall, options: ArrivalOptions<Seen>): Promise<{ kind: 'fresh', label: LabelView, opened: Opened } | { kind: 'duplicate', label: LabelView, seen: Seen }>
  /** Signing key of the label's sender. @throws {EnvelopeError} `not-member` */
  roster(label: LabelView): Uint8Array
  /** @throws {EnvelopeError} `not-for-me` */
  addressee(label: LabelView): void
  /** @throws {EnvelopeError} `wrong-network` */
  network(label: LabelView): void
  /** @throws {EnvelopeError} `expired` or `too-far-ahead` */
  expiry(label: LabelView, now: number): void
  /** @throws {EnvelopeError} `over-budget` or `bad-signature` */
  signature(head: DecodedHead, signingKey: Uint8Array, options: { via: SiteId, now: number }): Promise<void>
  /** Unwraps the content key and compares it with its commitment. @throws {EnvelopeError} `unknown-key` or `unopenable` */
  unwrap(head: DecodedHead): Opening
}

/** A whole envelope as it came over the control stream, decoded */
export interface DecodedSmall {
  head: DecodedHead
  ciphertext: Uint8Array
}

/** Keeps floods of bad signatures cheap: failed verifications are counted for each peer */
export interface VerificationBudget {
  /** False: refuse without looking at the signature. `now` in ms of a clock that is never set back, or Unix ms. */
  allows(peer: SiteId, now: number): boolean
  failed(peer: SiteId, now: number): void
}

export interface ReceiptView {
  /** Envelope id, 16 bytes */
  id: Uint8Array
  /** Hash of the label, 32 bytes */
  hash: Uint8Array
  outcome: 'stored' | 'for-good' | 'for-now'
  /** One of the refusal codes or one of the recipient's store, empty when stored */
  reason: string
}

export interface ReceiptsInput {
  network: string
  to: SiteId
  /** Unix ms */
  at: number
  /** 1 to 256 */
  receipts: ReceiptView[]
}

export interface VerifiedReceipts {
  from: SiteId
  /** Unix ms, the signer's word */
  at: number
  receipts: ReceiptView[]
}

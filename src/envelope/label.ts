import { domains, under } from '../core/domains.ts'
import { KEY_ID } from '../core/x25519.ts'
import { EnvelopeError } from './errors.ts'
import { varintLength } from './fields.ts'
import { plaintextSizeOf } from './layout.ts'
import { ENVELOPE_ID, HASH, MAX_LABEL, MAX_NETWORK_BYTES, MAX_SEALED, MAX_SITE_ID_BYTES, PREFIX } from './limits.ts'
import { Label } from './pb/envelope.ts'
import { sha256 } from './sha256.ts'
import type { LabelView } from './index.ts'

/** Version of the format and its cryptographic suite */
export const VERSION = 1

/** What the sender knows before the secrets are derived */
export type LabelFacts = Omit<LabelView, 'keyCommitment' | 'contentTag' | 'hash'>

/** Tag and length in front of each of the two commitments */
const FIELD_HEADER = 2

const ZEROS = new Uint8Array(HASH)

/** The label with zeros for both commitments: what the secrets are derived for */
export function blankLabel (facts: LabelFacts): Uint8Array {
  const broken = brokenRule(facts)

  if (broken != null) {
    throw new EnvelopeError('malformed', broken)
  }

  // the codec only reads: whether a buffer is shared does not matter to it
  return Label.encode({ version: VERSION, ...facts, keyCommitment: ZEROS, contentTag: ZEROS } as Partial<Label>)
}

/** Puts the commitments into a blank label: its last fields are commitment, tag and size */
export function fillLabel (blank: Uint8Array, size: number, keyCommitment: Uint8Array, contentTag: Uint8Array): void {
  const tagAt = blank.byteLength - (1 + varintLength(size)) - HASH
  blank.set(contentTag, tagAt)
  blank.set(keyCommitment, tagAt - FIELD_HEADER - HASH)
}

/** Domain and label: HPKE's info, and what the envelope's hash is the hash of */
export function labelInfo (label: Uint8Array): Uint8Array {
  return under(domains.envelope, label)
}

/**
 * @throws {EnvelopeError} `too-large`, `malformed` or `unsupported`
 */
export function decodeLabel (bytes: Uint8Array): LabelView {
  if (bytes.byteLength > MAX_LABEL) {
    throw new EnvelopeError('too-large', `a label has at most ${MAX_LABEL} bytes, not ${bytes.byteLength}`)
  }

  let label: Label
  let canonical: Uint8Array

  try {
    label = Label.decode(bytes)
    canonical = Label.encode(label)
  } catch (error) {
    throw new EnvelopeError('malformed', `the label does not decode: ${String(error)}`)
  }

  if (label.version !== VERSION) {
    throw new EnvelopeError('unsupported', `the label has version ${label.version}, this is ${VERSION}`)
  }

  // what is signed and bound must have one encoding only; unknown fields are refused by this, too
  if (Buffer.compare(canonical, bytes) !== 0) {
    throw new EnvelopeError('malformed', 'the label is not in canonical form')
  }

  if (label.size > MAX_SEALED) {
    throw new EnvelopeError('too-large', `an envelope has at most ${MAX_SEALED} bytes, its label says ${label.size}`)
  }

  const broken = brokenRule(label) ?? lengthRule('key_commitment', label.keyCommitment, HASH) ?? lengthRule('content_tag', label.contentTag, HASH)

  if (broken != null) {
    throw new EnvelopeError('malformed', broken)
  }

  return {
    network: label.network,
    // copies: they outlive the frame that they came in
    id: new Uint8Array(label.id),
    from: label.from,
    to: label.to,
    expires: label.expires,
    keyId: new Uint8Array(label.keyId),
    keyCommitment: new Uint8Array(label.keyCommitment),
    contentTag: new Uint8Array(label.contentTag),
    size: label.size,
    hash: sha256(labelInfo(bytes))
  }
}

/** The sentence about the first field that breaks its rule */
function brokenRule (label: LabelFacts): string | undefined {
  return textRule('network', label.network, MAX_NETWORK_BYTES) ??
    lengthRule('id', label.id, ENVELOPE_ID) ??
    textRule('from', label.from, MAX_SITE_ID_BYTES) ??
    textRule('to', label.to, MAX_SITE_ID_BYTES) ??
    (Number.isSafeInteger(label.expires) && label.expires > 0 ? undefined : 'the label\'s expires must be a positive time in ms') ??
    lengthRule('key_id', label.keyId, KEY_ID) ??
    sizeRule(label.size)
}

function textRule (field: string, text: string, max: number): string | undefined {
  // the length in UTF-16 first: at most 3 bytes each, and it costs nothing
  if (text.length === 0 || (text.length * 3 > max && Buffer.byteLength(text) > max)) {
    return `the label's ${field} must have 1 to ${max} bytes`
  }
}

function lengthRule (field: string, bytes: Uint8Array, length: number): string | undefined {
  if (bytes.byteLength !== length) {
    return `the label's ${field} must have ${length} bytes, not ${bytes.byteLength}`
  }
}

function sizeRule (size: number): string | undefined {
  const plaintextSize = Number.isSafeInteger(size) ? plaintextSizeOf(size) : undefined

  if (plaintextSize == null || plaintextSize <= PREFIX || size > MAX_SEALED) {
    return `the label's size ${size} is not that of a sealed content of at least ${PREFIX + 1} bytes`
  }
}

import { SIGNATURE } from '../core/ed25519.ts'
import { EnvelopeError } from './errors.ts'
import { readFields, writeFields } from './fields.ts'
import { MAX_HEAD, SMALL } from './index.ts'
import { decodeLabel } from './label.ts'
import { ENC, WRAPPED } from './limits.ts'
import type { DecodedHead, DecodedSmall } from './index.ts'

/** Longest encoded SmallEnvelope in bytes: head and ciphertext with their tags and lengths */
const MAX_SMALL = MAX_HEAD + SMALL + 8

/**
 * Steps 1 and 2 of the recipient's checks: limits, then canonical form. Nothing is
 * verified yet.
 *
 * @throws {EnvelopeError} `too-large`, `malformed` or `unsupported`
 */
export function decodeHead (bytes: Uint8Array): DecodedHead {
  if (bytes.byteLength > MAX_HEAD) {
    throw new EnvelopeError('too-large', `an envelope's head has at most ${MAX_HEAD} bytes, not ${bytes.byteLength}`)
  }

  const fields = readFields(bytes, 4)

  if (fields == null) {
    throw new EnvelopeError('malformed', 'an envelope\'s head is label, enc, wrapped and signature, nothing else')
  }

  const [labelBytes, enc, wrapped, signature] = fields

  if (enc.byteLength !== ENC || wrapped.byteLength !== WRAPPED || signature.byteLength !== SIGNATURE) {
    throw new EnvelopeError('malformed', `enc, wrapped and signature have ${ENC}, ${WRAPPED} and ${SIGNATURE} bytes`)
  }

  return { label: decodeLabel(labelBytes), labelBytes, enc, wrapped, signature }
}

/**
 * The same for an envelope that came whole
 *
 * @throws {EnvelopeError} `too-large`, `malformed` or `unsupported`
 */
export function decodeSmall (bytes: Uint8Array): DecodedSmall {
  if (bytes.byteLength > MAX_SMALL) {
    throw new EnvelopeError('too-large', `a small envelope has at most ${MAX_SMALL} bytes, not ${bytes.byteLength}`)
  }

  const fields = readFields(bytes, 2)

  if (fields == null) {
    throw new EnvelopeError('malformed', 'a small envelope is head and ciphertext, nothing else')
  }

  const head = decodeHead(fields[0])
  const ciphertext = fields[1]

  if (head.label.size > SMALL) {
    throw new EnvelopeError('too-large', `a small envelope holds at most ${SMALL} bytes, its label says ${head.label.size}`)
  }

  if (ciphertext.byteLength !== head.label.size) {
    throw new EnvelopeError('malformed', `the ciphertext has ${ciphertext.byteLength} bytes, its label says ${head.label.size}`)
  }

  return { head, ciphertext }
}

/** A SmallEnvelope of a sealed head and its only chunk */
export function encodeSmall (head: Uint8Array, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> {
  return writeFields([head, ciphertext])
}

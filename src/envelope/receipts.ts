import { domains, under } from '../core/domains.ts'
import { SIGNATURE } from '../core/ed25519.ts'
import { EnvelopeError } from './errors.ts'
import { hasAtMostFields, readFields, writeFields } from './fields.ts'
import { ENVELOPE_ID, HASH, MAX_REASON, MAX_RECEIPTS, MAX_RECEIPTS_BYTES } from './limits.ts'
import { ReceiptBatch } from './pb/envelope.ts'
import type { EnvelopeComponents, ReceiptsInput, ReceiptView, VerifiedReceipts } from './index.ts'
import type { Receipt } from './pb/envelope.ts'
import type { SiteSigner, Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'

/** Receipt.outcome on the wire */
const OUTCOMES = ['stored', 'for-good', 'for-now'] as const
const REASON = /^[a-z0-9-]+$/

/** Batch fields: four of its own, the receipts, and room for unknown ones */
const MAX_FIELDS = MAX_RECEIPTS + 16

/**
 * One signature for up to 256 receipts: encoded SignedReceipts
 *
 * @throws {EnvelopeError} `malformed` when a receipt breaks a rule
 */
export async function signReceipts (signer: SiteSigner, input: ReceiptsInput): Promise<Uint8Array<ArrayBuffer>> {
  checkReceipts(input.receipts)

  const batch = ReceiptBatch.encode({
    network: input.network,
    from: signer.siteId,
    to: input.to,
    at: input.at,
    receipts: input.receipts.map((receipt) => ({ ...receipt, outcome: OUTCOMES.indexOf(receipt.outcome) }) as Receipt)
  })

  return writeFields([batch, await signer.sign(under(domains.receipts, batch))])
}

/**
 * Receipts about envelopes that this site sent, in the checks' order: limits,
 * decoding, roster, to = itself, network, signature.
 *
 * @throws {EnvelopeError}
 */
export async function verifyReceipts (bytes: Uint8Array, components: Omit<EnvelopeComponents, 'privateKey'>, { via, now }: { via: SiteId, now: number }): Promise<VerifiedReceipts> {
  const { batch, batchBytes, signature } = decode(bytes)
  const signingKey = components.signingKey(batch.from)

  if (signingKey == null) {
    throw new EnvelopeError('not-member', 'the receipts\' signer is no member of the network now')
  }

  if (batch.to !== components.self) {
    throw new EnvelopeError('not-for-me', 'the receipts are for another site')
  }

  if (batch.network !== components.network) {
    throw new EnvelopeError('wrong-network', 'the receipts belong to another network')
  }

  if (components.budget?.allows(via, now) === false) {
    throw new EnvelopeError('over-budget', 'too many wrong signatures came from this peer lately')
  }

  if (!await components.verify(signingKey, under(domains.receipts, batchBytes), signature)) {
    components.budget?.failed(via, now)
    throw new EnvelopeError('bad-signature', 'the receipts\' signature is not their signer\'s')
  }

  const receipts = batch.receipts.map(({ id, hash, outcome, reason }) => {
    // copies: they outlive the frame that they came in
    return { id: new Uint8Array(id), hash: new Uint8Array(hash), outcome: OUTCOMES[outcome], reason }
  })

  checkReceipts(receipts)

  return { from: batch.from, at: batch.at, receipts }
}

export interface KeptReceipts {
  network: string
  self: SiteId
  from: SiteId
  /** Every signing key that the signer ever had */
  keys: Uint8Array[]
  verify: Verify
}

/**
 * Receipts that were kept as evidence, whatever became of their signer since.
 *
 * @throws {EnvelopeError}
 */
export async function verifyKeptReceipts (bytes: Uint8Array, { network, self, from, keys, verify }: KeptReceipts): Promise<ReceiptView[]> {
  const { batch, batchBytes, signature } = decode(bytes)

  if (batch.from !== from || batch.to !== self || batch.network !== network) {
    throw new EnvelopeError('not-for-me', 'the receipts are of other sites')
  }

  const valid = await Promise.all(keys.map(async key => verify(key, under(domains.receipts, batchBytes), signature)))

  if (!valid.includes(true)) {
    throw new EnvelopeError('bad-signature', 'the receipts\' signature is not their signer\'s')
  }

  return batch.receipts.map(({ id, hash, outcome, reason }) => ({ id, hash, outcome: OUTCOMES[outcome], reason }))
}

function decode (bytes: Uint8Array): { batch: ReceiptBatch, batchBytes: Uint8Array, signature: Uint8Array } {
  if (bytes.byteLength > MAX_RECEIPTS_BYTES) {
    throw new EnvelopeError('too-large', `signed receipts have at most ${MAX_RECEIPTS_BYTES} bytes, not ${bytes.byteLength}`)
  }

  const fields = readFields(bytes, 2)

  if (fields == null || fields[1].byteLength !== SIGNATURE) {
    throw new EnvelopeError('malformed', 'signed receipts are batch and signature, nothing else')
  }

  const [batchBytes, signature] = fields

  if (!hasAtMostFields(batchBytes, MAX_FIELDS)) {
    throw new EnvelopeError('malformed', `a batch has at most ${MAX_FIELDS} fields`)
  }

  try {
    return { batch: ReceiptBatch.decode(batchBytes), batchBytes, signature }
  } catch (error) {
    throw new EnvelopeError('malformed', `the receipts do not decode: ${String(error)}`)
  }
}

function checkReceipts (receipts: ReceiptView[]): void {
  if (receipts.length < 1 || receipts.length > MAX_RECEIPTS) {
    throw new EnvelopeError('malformed', `a batch has 1 to ${MAX_RECEIPTS} receipts, not ${receipts.length}`)
  }

  for (const { id, hash, outcome, reason } of receipts) {
    if (id.byteLength !== ENVELOPE_ID || hash.byteLength !== HASH) {
      throw new EnvelopeError('malformed', `a receipt names an id of ${ENVELOPE_ID} bytes and a hash of ${HASH}`)
    }

    if (!OUTCOMES.includes(outcome)) {
      throw new EnvelopeError('malformed', 'a receipt has an unknown outcome')
    }

    if (outcome === 'stored' ? reason !== '' : !(reason.length <= MAX_REASON && REASON.test(reason))) {
      throw new EnvelopeError('malformed', `a refusal has a reason of 1 to ${MAX_REASON} lower-case letters, digits or "-", a receipt for what is stored has none`)
    }
  }
}

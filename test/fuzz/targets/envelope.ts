import assert from 'node:assert/strict'
import { decodeHead, decodeSmall, encodeSmall } from '../../../src/envelope/decode.ts'
import { EnvelopeError } from '../../../src/envelope/errors.ts'
import { hasAtMostFields, readFields, writeFields } from '../../../src/envelope/fields.ts'
import { checkInner, decodeInner, encodeInner } from '../../../src/envelope/inner.ts'
import { decodeLabel } from '../../../src/envelope/label.ts'
import { ReceiptBatch } from '../../../src/envelope/pb/envelope.ts'
import { allow, hex, stable, vectors } from './support.ts'
import type { Target } from './index.ts'

const known = vectors('envelope')
const label = { network: known.network, from: 'alpha.broker.example', to: 'beta.broker.example', expires: known.envelopes[0].expires }

type Part = (data: Uint8Array) => void

const PARTS: Part[] = [
  (data) => {
    const small = allow(() => decodeSmall(data), EnvelopeError)

    if (small != null) {
      // one meaning, one encoding: nobody on the way can change bytes unnoticed
      assert.deepEqual(Buffer.from(encodeSmall(readFields(data, 2)?.[0] as Uint8Array, small.ciphertext)), Buffer.from(data))
    }
  },
  (data) => { allow(() => decodeHead(data), EnvelopeError) },
  (data) => { allow(() => decodeLabel(data), EnvelopeError) },
  (data) => {
    const inner = allow(() => decodeInner(data), EnvelopeError)

    if (inner != null && allow(() => { checkInner(inner, label); return true }, EnvelopeError) === true) {
      assert.deepEqual(decodeInner(encodeInner(inner, label)), inner)
    }
  },
  (data) => { stable(ReceiptBatch, data) },
  (data) => {
    for (const count of [2, 4]) {
      const fields = readFields(data, count)

      if (fields != null) {
        assert.deepEqual(Buffer.from(writeFields(fields)), Buffer.from(data))
      }
    }

    hasAtMostFields(data, 16)
  }
]

const seeds = [
  ...known.envelopes.map((envelope: any) => hex(envelope.smallEnvelope ?? envelope.head)),
  ...known.envelopes.map((envelope: any) => hex(envelope.head)),
  ...known.envelopes.map((envelope: any) => readFields(hex(envelope.head), 4)?.[0] ?? new Uint8Array(0)),
  ...known.envelopes.map((envelope: any) => hex(envelope.steps?.inner ?? '')),
  ...known.refused.map((refused: any) => hex(refused.bytes)),
  ...[known.receipts].map((receipts: any) => hex(receipts.signedReceipts)),
  ...[known.receipts].map((receipts: any) => readFields(hex(receipts.signedReceipts), 2)?.[0] ?? new Uint8Array(0))
].filter(seed => seed.byteLength < 16_384)

/** First byte: which part of an envelope the rest is */
export const envelope: Target = {
  seeds: seeds.flatMap(seed => PARTS.map((_, i) => Buffer.concat([Uint8Array.of(i), seed]))),
  dictionary: ['claimed', 'succeeded', '{}', 'null', label.from, label.to, `app1.${label.from}`].map(word => Buffer.from(word)),
  maxLength: 16_384,
  run: (data) => {
    PARTS[(data[0] ?? 0) % PARTS.length](data.subarray(1))
  }
}

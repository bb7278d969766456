/* eslint-disable */
import { decodeMessage, encodeMessage, MaxLengthError, message } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Label {
  version: number
  network: string
  id: Uint8Array<ArrayBuffer>
  from: string
  to: string
  expires: number
  keyId: Uint8Array<ArrayBuffer>
  keyCommitment: Uint8Array<ArrayBuffer>
  contentTag: Uint8Array<ArrayBuffer>
  size: number
}

export const Label = (() => {
  let _codec: Codec<Label>

  const codec = (): Codec<Label> => {
    if (_codec == null) {
      _codec = message<Label>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.network != null && obj.network !== '')) {
          w.uint32(18)
          w.string(obj.network)
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.id)
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(34)
          w.string(obj.from)
        }

        if ((obj.to != null && obj.to !== '')) {
          w.uint32(42)
          w.string(obj.to)
        }

        if ((obj.expires != null && obj.expires !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.expires)
        }

        if ((obj.keyId != null && obj.keyId.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.keyId)
        }

        if ((obj.keyCommitment != null && obj.keyCommitment.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.keyCommitment)
        }

        if ((obj.contentTag != null && obj.contentTag.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.contentTag)
        }

        if ((obj.size != null && obj.size !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.size)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          network: '',
          id: uint8ArrayAlloc(0),
          from: '',
          to: '',
          expires: 0,
          keyId: uint8ArrayAlloc(0),
          keyCommitment: uint8ArrayAlloc(0),
          contentTag: uint8ArrayAlloc(0),
          size: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.network = reader.string()
              break
            }
            case 3: {
              obj.id = reader.bytes()
              break
            }
            case 4: {
              obj.from = reader.string()
              break
            }
            case 5: {
              obj.to = reader.string()
              break
            }
            case 6: {
              obj.expires = reader.uint64Number()
              break
            }
            case 7: {
              obj.keyId = reader.bytes()
              break
            }
            case 8: {
              obj.keyCommitment = reader.bytes()
              break
            }
            case 9: {
              obj.contentTag = reader.bytes()
              break
            }
            case 10: {
              obj.size = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.network`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.to`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.expires`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.keyId`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.keyCommitment`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.contentTag`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.size`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<Label>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Label.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Label>): Label {
    return decodeMessage(buf, Label.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface EnvelopeHead {
  label: Uint8Array<ArrayBuffer>
  enc: Uint8Array<ArrayBuffer>
  wrapped: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export const EnvelopeHead = (() => {
  let _codec: Codec<EnvelopeHead>

  const codec = (): Codec<EnvelopeHead> => {
    if (_codec == null) {
      _codec = message<EnvelopeHead>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.label != null && obj.label.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.label)
        }

        if ((obj.enc != null && obj.enc.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.enc)
        }

        if ((obj.wrapped != null && obj.wrapped.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.wrapped)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          label: uint8ArrayAlloc(0),
          enc: uint8ArrayAlloc(0),
          wrapped: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.label = reader.bytes()
              break
            }
            case 2: {
              obj.enc = reader.bytes()
              break
            }
            case 3: {
              obj.wrapped = reader.bytes()
              break
            }
            case 4: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.label`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.enc`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.wrapped`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<EnvelopeHead>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, EnvelopeHead.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnvelopeHead>): EnvelopeHead {
    return decodeMessage(buf, EnvelopeHead.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface SmallEnvelope {
  head: Uint8Array<ArrayBuffer>
  ciphertext: Uint8Array<ArrayBuffer>
}

export const SmallEnvelope = (() => {
  let _codec: Codec<SmallEnvelope>

  const codec = (): Codec<SmallEnvelope> => {
    if (_codec == null) {
      _codec = message<SmallEnvelope>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.head != null && obj.head.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.head)
        }

        if ((obj.ciphertext != null && obj.ciphertext.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.ciphertext)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          head: uint8ArrayAlloc(0),
          ciphertext: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = reader.bytes()
              break
            }
            case 2: {
              obj.ciphertext = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.head`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ciphertext`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<SmallEnvelope>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SmallEnvelope.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SmallEnvelope>): SmallEnvelope {
    return decodeMessage(buf, SmallEnvelope.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface Inner {
  kind: number
  from: string
  to: string[]
  taskId: string
  creator: string
  metadata: string
  ttl: string
  failureStrategy: string
  created: number
  expires: number
  status: string
  incarnation: number
  revision: number
  answers: Uint8Array<ArrayBuffer>
  bodySize: number
  bodySha256: Uint8Array<ArrayBuffer>
  actor: string
  organization: string
  collaboration: string
  parent: string
  job: string
}

export const Inner = (() => {
  let _codec: Codec<Inner>

  const codec = (): Codec<Inner> => {
    if (_codec == null) {
      _codec = message<Inner>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kind != null && obj.kind !== 0)) {
          w.uint32(8)
          w.uint32(obj.kind)
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(18)
          w.string(obj.from)
        }

        if (obj.to != null && obj.to.length > 0) {
          for (const value of obj.to) {
            w.uint32(26)
            w.string(value)
          }
        }

        if ((obj.taskId != null && obj.taskId !== '')) {
          w.uint32(34)
          w.string(obj.taskId)
        }

        if ((obj.creator != null && obj.creator !== '')) {
          w.uint32(42)
          w.string(obj.creator)
        }

        if ((obj.metadata != null && obj.metadata !== '')) {
          w.uint32(50)
          w.string(obj.metadata)
        }

        if ((obj.ttl != null && obj.ttl !== '')) {
          w.uint32(58)
          w.string(obj.ttl)
        }

        if ((obj.failureStrategy != null && obj.failureStrategy !== '')) {
          w.uint32(66)
          w.string(obj.failureStrategy)
        }

        if ((obj.created != null && obj.created !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.created)
        }

        if ((obj.expires != null && obj.expires !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.expires)
        }

        if ((obj.status != null && obj.status !== '')) {
          w.uint32(90)
          w.string(obj.status)
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(96)
          w.uint64Number(obj.incarnation)
        }

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(104)
          w.uint64Number(obj.revision)
        }

        if ((obj.answers != null && obj.answers.byteLength > 0)) {
          w.uint32(114)
          w.bytes(obj.answers)
        }

        if ((obj.bodySize != null && obj.bodySize !== 0)) {
          w.uint32(120)
          w.uint64Number(obj.bodySize)
        }

        if ((obj.bodySha256 != null && obj.bodySha256.byteLength > 0)) {
          w.uint32(130)
          w.bytes(obj.bodySha256)
        }

        if ((obj.actor != null && obj.actor !== '')) {
          w.uint32(138)
          w.string(obj.actor)
        }

        if ((obj.organization != null && obj.organization !== '')) {
          w.uint32(146)
          w.string(obj.organization)
        }

        if ((obj.collaboration != null && obj.collaboration !== '')) {
          w.uint32(154)
          w.string(obj.collaboration)
        }

        if ((obj.parent != null && obj.parent !== '')) {
          w.uint32(162)
          w.string(obj.parent)
        }

        if ((obj.job != null && obj.job !== '')) {
          w.uint32(170)
          w.string(obj.job)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: 0,
          from: '',
          to: [],
          taskId: '',
          creator: '',
          metadata: '',
          ttl: '',
          failureStrategy: '',
          created: 0,
          expires: 0,
          status: '',
          incarnation: 0,
          revision: 0,
          answers: uint8ArrayAlloc(0),
          bodySize: 0,
          bodySha256: uint8ArrayAlloc(0),
          actor: '',
          organization: '',
          collaboration: '',
          parent: '',
          job: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = reader.uint32()
              break
            }
            case 2: {
              obj.from = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.to != null && obj.to.length === opts.limits.to) {
                throw new MaxLengthError('Decode error - repeated field "to" had too many elements')
              }

              if (obj.to.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "to" had too many elements')
              }

              obj.to.push(reader.string())
              break
            }
            case 4: {
              obj.taskId = reader.string()
              break
            }
            case 5: {
              obj.creator = reader.string()
              break
            }
            case 6: {
              obj.metadata = reader.string()
              break
            }
            case 7: {
              obj.ttl = reader.string()
              break
            }
            case 8: {
              obj.failureStrategy = reader.string()
              break
            }
            case 9: {
              obj.created = reader.uint64Number()
              break
            }
            case 10: {
              obj.expires = reader.uint64Number()
              break
            }
            case 11: {
              obj.status = reader.string()
              break
            }
            case 12: {
              obj.incarnation = reader.uint64Number()
              break
            }
            case 13: {
              obj.revision = reader.uint64Number()
              break
            }
            case 14: {
              obj.answers = reader.bytes()
              break
            }
            case 15: {
              obj.bodySize = reader.uint64Number()
              break
            }
            case 16: {
              obj.bodySha256 = reader.bytes()
              break
            }
            case 17: {
              obj.actor = reader.string()
              break
            }
            case 18: {
              obj.organization = reader.string()
              break
            }
            case 19: {
              obj.collaboration = reader.string()
              break
            }
            case 20: {
              obj.parent = reader.string()
              break
            }
            case 21: {
              obj.job = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          to: 1024
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.kind`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 3: {
              if (opts.limits?.to != null && obj.to === opts.limits.to) {
                throw new MaxLengthError('Streaming decode error - repeated field "to" had too many elements')
              }

              if (obj.to === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "to" had too many elements')
              }

              yield {
                field: `${prefix}.to[]`,
                index: obj.to,
                value: reader.string()
              }

              obj.to++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.taskId`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.creator`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.metadata`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.ttl`,
                value: reader.string()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.failureStrategy`,
                value: reader.string()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.created`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.expires`,
                value: reader.uint64Number()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.status`,
                value: reader.string()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.incarnation`,
                value: reader.uint64Number()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 14: {
              yield {
                field: `${prefix}.answers`,
                value: reader.bytes()
              }
              break
            }
            case 15: {
              yield {
                field: `${prefix}.bodySize`,
                value: reader.uint64Number()
              }
              break
            }
            case 16: {
              yield {
                field: `${prefix}.bodySha256`,
                value: reader.bytes()
              }
              break
            }
            case 17: {
              yield {
                field: `${prefix}.actor`,
                value: reader.string()
              }
              break
            }
            case 18: {
              yield {
                field: `${prefix}.organization`,
                value: reader.string()
              }
              break
            }
            case 19: {
              yield {
                field: `${prefix}.collaboration`,
                value: reader.string()
              }
              break
            }
            case 20: {
              yield {
                field: `${prefix}.parent`,
                value: reader.string()
              }
              break
            }
            case 21: {
              yield {
                field: `${prefix}.job`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<Inner>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Inner.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Inner>): Inner {
    return decodeMessage(buf, Inner.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface Receipt {
  id: Uint8Array<ArrayBuffer>
  hash: Uint8Array<ArrayBuffer>
  outcome: number
  reason: string
}

export const Receipt = (() => {
  let _codec: Codec<Receipt>

  const codec = (): Codec<Receipt> => {
    if (_codec == null) {
      _codec = message<Receipt>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.hash)
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(24)
          w.uint32(obj.outcome)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(34)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          hash: uint8ArrayAlloc(0),
          outcome: 0,
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.hash = reader.bytes()
              break
            }
            case 3: {
              obj.outcome = reader.uint32()
              break
            }
            case 4: {
              obj.reason = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<Receipt>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Receipt.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Receipt {
    return decodeMessage(buf, Receipt.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface ReceiptBatch {
  network: string
  from: string
  to: string
  at: number
  receipts: Receipt[]
}

export const ReceiptBatch = (() => {
  let _codec: Codec<ReceiptBatch>

  const codec = (): Codec<ReceiptBatch> => {
    if (_codec == null) {
      _codec = message<ReceiptBatch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.network != null && obj.network !== '')) {
          w.uint32(10)
          w.string(obj.network)
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(18)
          w.string(obj.from)
        }

        if ((obj.to != null && obj.to !== '')) {
          w.uint32(26)
          w.string(obj.to)
        }

        if ((obj.at != null && obj.at !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.at)
        }

        if (obj.receipts != null && obj.receipts.length > 0) {
          for (const value of obj.receipts) {
            w.uint32(42)
            Receipt.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          network: '',
          from: '',
          to: '',
          at: 0,
          receipts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.network = reader.string()
              break
            }
            case 2: {
              obj.from = reader.string()
              break
            }
            case 3: {
              obj.to = reader.string()
              break
            }
            case 4: {
              obj.at = reader.uint64Number()
              break
            }
            case 5: {
              if (opts.limits?.receipts != null && obj.receipts.length === opts.limits.receipts) {
                throw new MaxLengthError('Decode error - repeated field "receipts" had too many elements')
              }

              if (obj.receipts.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "receipts" had too many elements')
              }

              obj.receipts.push(Receipt.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.receipts$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          receipts: 256
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.network`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.to`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.at`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              if (opts.limits?.receipts != null && obj.receipts === opts.limits.receipts) {
                throw new MaxLengthError('Streaming decode error - repeated field "receipts" had too many elements')
              }

              if (obj.receipts === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "receipts" had too many elements')
              }

              for (const evt of Receipt.codec().stream(reader, reader.uint32(), `${prefix}.receipts[]`, {
                limits: opts.limits?.receipts$
              })) {
                yield {
                  ...evt,
                  index: obj.receipts
                }
              }

              obj.receipts++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<ReceiptBatch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReceiptBatch.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptBatch>): ReceiptBatch {
    return decodeMessage(buf, ReceiptBatch.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface SignedReceipts {
  batch: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export const SignedReceipts = (() => {
  let _codec: Codec<SignedReceipts>

  const codec = (): Codec<SignedReceipts> => {
    if (_codec == null) {
      _codec = message<SignedReceipts>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.batch != null && obj.batch.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.batch)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          batch: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.batch = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.batch`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  function encode (obj: Partial<SignedReceipts>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignedReceipts.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedReceipts>): SignedReceipts {
    return decodeMessage(buf, SignedReceipts.codec(), opts)
  }

  return { codec, encode, decode }
})()

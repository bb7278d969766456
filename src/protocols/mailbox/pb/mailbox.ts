/* eslint-disable */
import { decodeMessage, encodeMessage, MaxLengthError, message } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface MailboxMessage {
  deposit?: MailDeposit
  go?: MailGo
  data: Uint8Array<ArrayBuffer>
  stored?: MailStored
  refused?: MailRefused
  list?: MailList
  listing?: MailListing
  fetch?: MailFetch
  acknowledge: Uint8Array<ArrayBuffer>
  deleted?: MailDeleted
  nudge?: MailNudge
}

export const MailboxMessage = (() => {
  let _codec: Codec<MailboxMessage>

  const codec = (): Codec<MailboxMessage> => {
    if (_codec == null) {
      _codec = message<MailboxMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.deposit != null) {
          w.uint32(10)
          MailDeposit.codec().encode(obj.deposit, w)
        }

        if (obj.go != null) {
          w.uint32(18)
          MailGo.codec().encode(obj.go, w)
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.data)
        }

        if (obj.stored != null) {
          w.uint32(34)
          MailStored.codec().encode(obj.stored, w)
        }

        if (obj.refused != null) {
          w.uint32(42)
          MailRefused.codec().encode(obj.refused, w)
        }

        if (obj.list != null) {
          w.uint32(50)
          MailList.codec().encode(obj.list, w)
        }

        if (obj.listing != null) {
          w.uint32(58)
          MailListing.codec().encode(obj.listing, w)
        }

        if (obj.fetch != null) {
          w.uint32(66)
          MailFetch.codec().encode(obj.fetch, w)
        }

        if ((obj.acknowledge != null && obj.acknowledge.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.acknowledge)
        }

        if (obj.deleted != null) {
          w.uint32(82)
          MailDeleted.codec().encode(obj.deleted, w)
        }

        if (obj.nudge != null) {
          w.uint32(90)
          MailNudge.codec().encode(obj.nudge, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          data: uint8ArrayAlloc(0),
          acknowledge: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deposit = MailDeposit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.deposit
              })
              break
            }
            case 2: {
              obj.go = MailGo.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.go
              })
              break
            }
            case 3: {
              obj.data = reader.bytes()
              break
            }
            case 4: {
              obj.stored = MailStored.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.stored
              })
              break
            }
            case 5: {
              obj.refused = MailRefused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 6: {
              obj.list = MailList.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.list
              })
              break
            }
            case 7: {
              obj.listing = MailListing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.listing
              })
              break
            }
            case 8: {
              obj.fetch = MailFetch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fetch
              })
              break
            }
            case 9: {
              obj.acknowledge = reader.bytes()
              break
            }
            case 10: {
              obj.deleted = MailDeleted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.deleted
              })
              break
            }
            case 11: {
              obj.nudge = MailNudge.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.nudge
              })
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
              yield * MailDeposit.codec().stream(reader, reader.uint32(), `${prefix}.deposit`, {
                limits: opts.limits?.deposit
              })

              break
            }
            case 2: {
              yield * MailGo.codec().stream(reader, reader.uint32(), `${prefix}.go`, {
                limits: opts.limits?.go
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.data`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield * MailStored.codec().stream(reader, reader.uint32(), `${prefix}.stored`, {
                limits: opts.limits?.stored
              })

              break
            }
            case 5: {
              yield * MailRefused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 6: {
              yield * MailList.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                limits: opts.limits?.list
              })

              break
            }
            case 7: {
              yield * MailListing.codec().stream(reader, reader.uint32(), `${prefix}.listing`, {
                limits: opts.limits?.listing
              })

              break
            }
            case 8: {
              yield * MailFetch.codec().stream(reader, reader.uint32(), `${prefix}.fetch`, {
                limits: opts.limits?.fetch
              })

              break
            }
            case 9: {
              yield {
                field: `${prefix}.acknowledge`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield * MailDeleted.codec().stream(reader, reader.uint32(), `${prefix}.deleted`, {
                limits: opts.limits?.deleted
              })

              break
            }
            case 11: {
              yield * MailNudge.codec().stream(reader, reader.uint32(), `${prefix}.nudge`, {
                limits: opts.limits?.nudge
              })

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

  function encode (obj: Partial<MailboxMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxMessage.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxMessage>): MailboxMessage {
    return decodeMessage(buf, MailboxMessage.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailDeposit {
  head: Uint8Array<ArrayBuffer>
  data: Uint8Array<ArrayBuffer>
}

export const MailDeposit = (() => {
  let _codec: Codec<MailDeposit>

  const codec = (): Codec<MailDeposit> => {
    if (_codec == null) {
      _codec = message<MailDeposit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.head != null && obj.head.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.head)
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.data)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          head: uint8ArrayAlloc(0),
          data: uint8ArrayAlloc(0)
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
              obj.data = reader.bytes()
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
                field: `${prefix}.data`,
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

  function encode (obj: Partial<MailDeposit>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailDeposit.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailDeposit>): MailDeposit {
    return decodeMessage(buf, MailDeposit.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailGo {
  chunk: number
}

export const MailGo = (() => {
  let _codec: Codec<MailGo>

  const codec = (): Codec<MailGo> => {
    if (_codec == null) {
      _codec = message<MailGo>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunk != null && obj.chunk !== 0)) {
          w.uint32(8)
          w.uint32(obj.chunk)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunk: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunk = reader.uint32()
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
                field: `${prefix}.chunk`,
                value: reader.uint32()
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

  function encode (obj: Partial<MailGo>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailGo.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailGo>): MailGo {
    return decodeMessage(buf, MailGo.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailStored {
  until: number
}

export const MailStored = (() => {
  let _codec: Codec<MailStored>

  const codec = (): Codec<MailStored> => {
    if (_codec == null) {
      _codec = message<MailStored>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.until != null && obj.until !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.until)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          until: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.until = reader.uint64Number()
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
                field: `${prefix}.until`,
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

  function encode (obj: Partial<MailStored>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailStored.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailStored>): MailStored {
    return decodeMessage(buf, MailStored.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailRefused {
  reason: string
}

export const MailRefused = (() => {
  let _codec: Codec<MailRefused>

  const codec = (): Codec<MailRefused> => {
    if (_codec == null) {
      _codec = message<MailRefused>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  function encode (obj: Partial<MailRefused>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailRefused.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailRefused>): MailRefused {
    return decodeMessage(buf, MailRefused.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailList {
  after: number
}

export const MailList = (() => {
  let _codec: Codec<MailList>

  const codec = (): Codec<MailList> => {
    if (_codec == null) {
      _codec = message<MailList>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.after != null && obj.after !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.after)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          after: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.after = reader.uint64Number()
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
                field: `${prefix}.after`,
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

  function encode (obj: Partial<MailList>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailList.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailList>): MailList {
    return decodeMessage(buf, MailList.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailListing {
  entries: MailEntry[]
  more: boolean
}

export const MailListing = (() => {
  let _codec: Codec<MailListing>

  const codec = (): Codec<MailListing> => {
    if (_codec == null) {
      _codec = message<MailListing>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            MailEntry.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(16)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              if (obj.entries.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(MailEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            case 2: {
              obj.more = reader.bool()
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
          entries: 64
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              if (obj.entries === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of MailEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
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

  function encode (obj: Partial<MailListing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailListing.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailListing>): MailListing {
    return decodeMessage(buf, MailListing.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailEntry {
  place: number
  head: Uint8Array<ArrayBuffer>
}

export const MailEntry = (() => {
  let _codec: Codec<MailEntry>

  const codec = (): Codec<MailEntry> => {
    if (_codec == null) {
      _codec = message<MailEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.place != null && obj.place !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.place)
        }

        if ((obj.head != null && obj.head.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.head)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          place: 0,
          head: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.place = reader.uint64Number()
              break
            }
            case 2: {
              obj.head = reader.bytes()
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
                field: `${prefix}.place`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.head`,
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

  function encode (obj: Partial<MailEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailEntry.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailEntry>): MailEntry {
    return decodeMessage(buf, MailEntry.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailFetch {
  place: number
  chunk: number
}

export const MailFetch = (() => {
  let _codec: Codec<MailFetch>

  const codec = (): Codec<MailFetch> => {
    if (_codec == null) {
      _codec = message<MailFetch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.place != null && obj.place !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.place)
        }

        if ((obj.chunk != null && obj.chunk !== 0)) {
          w.uint32(16)
          w.uint32(obj.chunk)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          place: 0,
          chunk: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.place = reader.uint64Number()
              break
            }
            case 2: {
              obj.chunk = reader.uint32()
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
                field: `${prefix}.place`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.chunk`,
                value: reader.uint32()
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

  function encode (obj: Partial<MailFetch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailFetch.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailFetch>): MailFetch {
    return decodeMessage(buf, MailFetch.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailDeleted {
  count: number
}

export const MailDeleted = (() => {
  let _codec: Codec<MailDeleted>

  const codec = (): Codec<MailDeleted> => {
    if (_codec == null) {
      _codec = message<MailDeleted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(8)
          w.uint32(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.count = reader.uint32()
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
                field: `${prefix}.count`,
                value: reader.uint32()
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

  function encode (obj: Partial<MailDeleted>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailDeleted.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailDeleted>): MailDeleted {
    return decodeMessage(buf, MailDeleted.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailNudge {
  envelopes: number
}

export const MailNudge = (() => {
  let _codec: Codec<MailNudge>

  const codec = (): Codec<MailNudge> => {
    if (_codec == null) {
      _codec = message<MailNudge>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.envelopes != null && obj.envelopes !== 0)) {
          w.uint32(8)
          w.uint32(obj.envelopes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          envelopes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.envelopes = reader.uint32()
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
                field: `${prefix}.envelopes`,
                value: reader.uint32()
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

  function encode (obj: Partial<MailNudge>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailNudge.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailNudge>): MailNudge {
    return decodeMessage(buf, MailNudge.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface MailAcknowledgement {
  network: string
  site: string
  keeper: string
  at: number
  mail: AcknowledgedMail[]
}

export const MailAcknowledgement = (() => {
  let _codec: Codec<MailAcknowledgement>

  const codec = (): Codec<MailAcknowledgement> => {
    if (_codec == null) {
      _codec = message<MailAcknowledgement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.network != null && obj.network !== '')) {
          w.uint32(10)
          w.string(obj.network)
        }

        if ((obj.site != null && obj.site !== '')) {
          w.uint32(18)
          w.string(obj.site)
        }

        if ((obj.keeper != null && obj.keeper !== '')) {
          w.uint32(26)
          w.string(obj.keeper)
        }

        if ((obj.at != null && obj.at !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.at)
        }

        if (obj.mail != null && obj.mail.length > 0) {
          for (const value of obj.mail) {
            w.uint32(42)
            AcknowledgedMail.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          network: '',
          site: '',
          keeper: '',
          at: 0,
          mail: []
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
              obj.site = reader.string()
              break
            }
            case 3: {
              obj.keeper = reader.string()
              break
            }
            case 4: {
              obj.at = reader.uint64Number()
              break
            }
            case 5: {
              if (opts.limits?.mail != null && obj.mail.length === opts.limits.mail) {
                throw new MaxLengthError('Decode error - repeated field "mail" had too many elements')
              }

              if (obj.mail.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "mail" had too many elements')
              }

              obj.mail.push(AcknowledgedMail.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.mail$
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
          mail: 256
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
                field: `${prefix}.site`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.keeper`,
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
              if (opts.limits?.mail != null && obj.mail === opts.limits.mail) {
                throw new MaxLengthError('Streaming decode error - repeated field "mail" had too many elements')
              }

              if (obj.mail === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "mail" had too many elements')
              }

              for (const evt of AcknowledgedMail.codec().stream(reader, reader.uint32(), `${prefix}.mail[]`, {
                limits: opts.limits?.mail$
              })) {
                yield {
                  ...evt,
                  index: obj.mail
                }
              }

              obj.mail++

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

  function encode (obj: Partial<MailAcknowledgement>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailAcknowledgement.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailAcknowledgement>): MailAcknowledgement {
    return decodeMessage(buf, MailAcknowledgement.codec(), opts)
  }

  return { codec, encode, decode }
})()

export interface AcknowledgedMail {
  from: string
  id: Uint8Array<ArrayBuffer>
  hash: Uint8Array<ArrayBuffer>
}

export const AcknowledgedMail = (() => {
  let _codec: Codec<AcknowledgedMail>

  const codec = (): Codec<AcknowledgedMail> => {
    if (_codec == null) {
      _codec = message<AcknowledgedMail>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(10)
          w.string(obj.from)
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.id)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.hash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: '',
          id: uint8ArrayAlloc(0),
          hash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.string()
              break
            }
            case 2: {
              obj.id = reader.bytes()
              break
            }
            case 3: {
              obj.hash = reader.bytes()
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
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.hash`,
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

  function encode (obj: Partial<AcknowledgedMail>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AcknowledgedMail.codec())
  }

  function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcknowledgedMail>): AcknowledgedMail {
    return decodeMessage(buf, AcknowledgedMail.codec(), opts)
  }

  return { codec, encode, decode }
})()

import { EnrollAnswer } from '../../protocols/enroll/pb/enroll.ts'
import { owned } from '../bytes.ts'
import { answerMac } from './macs.ts'

/** Longest encoded EnrollAnswer, bytes */
export const MAX_ANSWER = 1_048_576

/** Entries and records of one answer may fill this many bytes; the rest is for tags, secret and MAC */
const ROOM = MAX_ANSWER - 4_096

/** As in enroll.proto */
const MAX_ENTRIES = 256
const MAX_RECORDS = 64

/** Bytes that tag and length add to an element at most */
const TAGS = 8

interface Chunk { entries: Uint8Array[], records: Uint8Array[] }

export interface AdmittedInput {
  /** Of the ticket */
  secret: Uint8Array
  requestMac: Uint8Array
  networkSecret: Uint8Array
  entries: Uint8Array[]
  records: Uint8Array[]
}

/** Admission as messages of at most `MAX_ANSWER` bytes, the network secret in the first */
export function admittedAnswers ({ secret, requestMac, networkSecret, entries, records }: AdmittedInput): Uint8Array[] {
  const chunks = cut(entries, records)

  return chunks.map((chunk, index) => {
    const answer = {
      code: 0,
      reason: '',
      networkSecret: index === 0 ? owned(networkSecret) : new Uint8Array(),
      entries: chunk.entries.map(owned),
      records: chunk.records.map(owned),
      more: index < chunks.length - 1
    }

    return EnrollAnswer.encode({ ...answer, mac: answerMac(secret, requestMac, index, answer) })
  })
}

function cut (entries: Uint8Array[], records: Uint8Array[]): Chunk[] {
  const chunks: Chunk[] = [{ entries: [], records: [] }]
  let room = ROOM

  const place = (kind: keyof Chunk, limit: number, bytes: Uint8Array): void => {
    if (chunks[chunks.length - 1][kind].length === limit || room < bytes.byteLength + TAGS) {
      chunks.push({ entries: [], records: [] })
      room = ROOM
    }

    chunks[chunks.length - 1][kind].push(bytes)
    room -= bytes.byteLength + TAGS
  }

  entries.forEach(entry => { place('entries', MAX_ENTRIES, entry) })
  records.forEach(record => { place('records', MAX_RECORDS, record) })

  return chunks
}

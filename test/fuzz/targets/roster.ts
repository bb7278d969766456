import assert from 'node:assert/strict'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { decodeRequest } from '../../../src/membership/enroll/request.ts'
import { SignedEntry } from '../../../src/membership/pb/membership.ts'
import { decodeRecord } from '../../../src/membership/records/record.ts'
import { decodeEntry, encodeEntry } from '../../../src/membership/roster/entry.ts'
import { found, reduce } from '../../../src/membership/roster/reduce.ts'
import { allow, hex, joinParts, parts, vectors } from './support.ts'
import type { Target } from './index.ts'

const known = vectors('membership')
const entries = [...known.roster, known.recovery].flat().map((entry: any) => decodeEntry(hex(entry.signed)))
const genesis = entries[0]

/** Bodies of any kind in a chain that is right otherwise: past the form, into the meaning */
function walk (data: Uint8Array): void {
  const state = found(genesis)
  assert.ok(typeof state !== 'string')

  for (const part of parts(data)) {
    const [kind = 0, critical = 0] = part
    const { head } = state
    const body = part.subarray(2)
    const bytes = encodeEntry({ seq: head.seq + 1, prev: head.hash, at: genesis.entry.at + head.seq, kind: kind % 20, critical: (critical & 1) === 1, body })
    const entry = allow(() => decodeEntry(SignedEntry.encode({ entry: bytes, signature: new Uint8Array(64) })), InvalidInputError)

    if (entry == null || reduce(state, entry).kind !== 'applied') {
      // a draft is of no use after a refusal
      return
    }

    assert.equal(state.head.seq, entry.entry.seq)
  }
}

const ENTRY = 0
const RECORD = 1
const REQUEST = 2
const WALK = 3

const tagged = (tag: number, data: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(tag), data])
const bodies = entries.slice(1).map(({ entry }) => Buffer.concat([Uint8Array.of(entry.kind, entry.critical ? 1 : 0), entry.body]))

export const roster: Target = {
  seeds: [
    ...entries.map(({ raw }) => tagged(ENTRY, raw)),
    tagged(RECORD, hex(known.record.signed ?? known.record[0]?.signed ?? '')),
    tagged(REQUEST, hex(known.enrolment.request ?? '')),
    ...bodies.map(body => tagged(WALK, joinParts([body]))),
    tagged(WALK, joinParts(bodies))
  ],
  dictionary: bodies,
  maxLength: 16_384,
  run: (data) => {
    const rest = data.subarray(1)

    switch ((data[0] ?? 0) % 4) {
      case ENTRY: {
        const entry = allow(() => decodeEntry(rest), InvalidInputError)

        if (entry != null) {
          found(entry)
        }

        break
      }
      case RECORD:
        allow(() => decodeRecord(rest), InvalidInputError)
        break
      case REQUEST:
        decodeRequest(rest)
        break
      default:
        walk(rest)
    }
  }
}

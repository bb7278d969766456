import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { BulkMessage } from '../../src/protocols/bulk/pb/bulk.ts'
import { dataHead, dataOf } from '../../src/tasks/delivery/bulk-data.ts'

function cut (bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % bytes.byteLength))].filter((end) => end > 0).sort((a, b) => a - b)

  return [0, ...ends].map((start, i) => bytes.subarray(start, ends[i]))
}

describe('tasks: chunks of a bulk channel in pieces', () => {
  it('are the message that the format says', () => {
    for (const length of [1, 127, 128, 16_383, 16_384, 262_160]) {
      const data = new Uint8Array(length).fill(7)

      expect(Buffer.concat([dataHead(length), data]).equals(BulkMessage.encode({ data })), `${length} bytes`).to.equal(true)
    }
  })

  it('are found however a message was cut, and nothing else is', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.array(fc.nat(1_000), { maxLength: 5 }), (data, places) => {
      const pieces = cut(BulkMessage.encode({ data: new Uint8Array(data) }), places)
      const found = dataOf(pieces)

      // only a head that was cut itself is left to the decoder
      expect(found == null ? pieces[0].byteLength < 3 : Buffer.concat(found).equals(data)).to.equal(true)
    }))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(1_000), { maxLength: 3 }), (bytes, places) => {
      const found = bytes.byteLength === 0 ? undefined : dataOf(cut(bytes, places))

      if (found != null) {
        expect(Buffer.concat(found).equals(BulkMessage.decode(bytes).data)).to.equal(true)
      }
    }))

    for (const message of [BulkMessage.encode({ offer: { head: new Uint8Array(5) } }), BulkMessage.encode({ data: new Uint8Array(5), done: { receipts: new Uint8Array(2) } }), new Uint8Array(1).fill(0x1a)]) {
      expect(dataOf([message])).to.equal(undefined)
    }
  })
})

import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { hasAtMostFields, readFields, writeFields } from '../../src/envelope/fields.ts'
import { EnvelopeHead } from '../../src/envelope/pb/envelope.ts'

const field = fc.uint8Array({ minLength: 1, maxLength: 300, size: 'max' })

describe('strict fields', () => {
  it('are what protobuf writes', () => {
    fc.assert(fc.property(field, field, field, field, (label, enc, wrapped, signature) => {
      const bytes = writeFields([label, enc, wrapped, signature])
      expect(Buffer.compare(bytes, EnvelopeHead.encode({ label, enc, wrapped, signature } as EnvelopeHead))).to.equal(0)
      expect(readFields(bytes, 4)?.map((part) => [...part])).to.deep.equal([label, enc, wrapped, signature].map((part) => [...part]))
    }))
  })

  it('carry long fields', () => {
    for (const length of [127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const parts = [new Uint8Array(length).fill(1), Uint8Array.of(2)]
      expect(readFields(writeFields(parts), 2)?.[0].byteLength).to.equal(length)
    }
  })

  it('have one encoding only: whatever is read is written the same', () => {
    const genuine = writeFields([Uint8Array.of(1, 2, 3), new Uint8Array(200).fill(4)])

    fc.assert(fc.property(fc.nat(genuine.byteLength - 1), fc.nat(3), fc.uint8Array({ maxLength: 3 }), (at, removed, inserted) => {
      const bytes = Buffer.concat([genuine.subarray(0, at), inserted, genuine.subarray(at + removed)])
      const fields = readFields(bytes, 2)

      if (fields != null) {
        expect(Buffer.compare(writeFields(fields), bytes)).to.equal(0)
      }
    }), { numRuns: 2_000 })
  })

  it('are refused with a longer length, another type, a missing, repeated or unknown field, or bytes behind', () => {
    expect(readFields(Uint8Array.of(0x0a, 1, 9), 1)).to.have.lengthOf(1)

    for (const bytes of [[0x0a, 0x81, 0, 9], [0x08, 1, 9], [0x0b, 1, 9], [0x12, 1, 9], [0x0a, 1, 9, 0x0a, 1, 9], [0x0a, 1, 9, 0x1a, 1, 9], [0x0a, 1, 9, 0], [0x0a, 2, 9], [0x0a], [], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]]) {
      expect(readFields(Uint8Array.from(bytes), 1), bytes.join()).to.be.undefined()
    }
  })
})

describe('counting fields', () => {
  it('counts without decoding', () => {
    const bytes = Uint8Array.from([0x08, 0x96, 0x01, 0x12, 2, 1, 2, 0x1d, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0])

    expect(hasAtMostFields(bytes, 4)).to.be.true()
    expect(hasAtMostFields(bytes, 3)).to.be.false()
    expect(hasAtMostFields(new Uint8Array(0), 0)).to.be.true()
  })

  it('says no to what cannot be walked', () => {
    for (const bytes of [[0x0a], [0x0a, 5, 1], [0x08], [0x08, 0x80], [0x09, 1], [0x0d, 1], [0x0b, 0x0c], [0x0f], new Array(11).fill(0xff)]) {
      expect(hasAtMostFields(Uint8Array.from(bytes), 100), bytes.join()).to.be.false()
    }
  })

  it('ends for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(hasAtMostFields(bytes, 50)).to.be.a('boolean')
    }))
  })
})

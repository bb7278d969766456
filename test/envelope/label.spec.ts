import { expect } from 'aegir/chai'
import { decodeHead, decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { MAX_HEAD, SMALL } from '../../src/envelope/index.ts'
import { blankLabel, decodeLabel } from '../../src/envelope/label.ts'
import { MAX_SEALED } from '../../src/envelope/limits.ts'
import { Label } from '../../src/envelope/pb/envelope.ts'
import { alpha, beta, bytesOf, fill, NETWORK, NOW, sealedTask } from './fixture.ts'
import { expectRefused } from './refused.ts'
import type { EnvelopeRefusal } from '../../src/envelope/index.ts'

const label: Label = {
  version: 1,
  network: NETWORK,
  id: fill(1, 16),
  from: alpha.siteId,
  to: beta.siteId,
  expires: NOW,
  keyId: fill(2, 8),
  keyCommitment: fill(3),
  contentTag: fill(4),
  size: 1_000
}

const longest = {
  network: 'n'.repeat(253),
  // characters of three bytes
  from: `${'é'.repeat(31)}${'界'.repeat(42)}x.${'n'.repeat(253)}`,
  to: 'x'.repeat(443),
  expires: Number.MAX_SAFE_INTEGER,
  size: MAX_SEALED
}

describe('label', () => {
  it('decodes what it encodes', () => {
    const decoded = decodeLabel(Label.encode(label))
    expect(decoded).to.deep.include({ network: NETWORK, id: label.id, from: label.from, to: label.to, expires: NOW, keyId: label.keyId, size: 1_000 })
  })

  it('fits the head with every field at its longest', () => {
    expect(Buffer.byteLength(longest.from)).to.equal(443)
    const bytes = Label.encode({ ...label, ...longest })
    expect(decodeLabel(bytes)).to.deep.include(longest)
    expect(bytes.byteLength + 32 + 48 + 64 + 9).to.be.below(MAX_HEAD)
  })

  const broken: Array<[string, Partial<Label>, EnvelopeRefusal]> = [
    ['no version', { version: 0 }, 'unsupported'],
    ['a newer version', { version: 2 }, 'unsupported'],
    ['no network', { network: '' }, 'malformed'],
    ['a long network', { network: 'n'.repeat(254) }, 'malformed'],
    ['a network long in bytes', { network: '界'.repeat(85) }, 'malformed'],
    ['a short id', { id: fill(1, 15) }, 'malformed'],
    ['a long id', { id: fill(1, 17) }, 'malformed'],
    ['no id', { id: fill(1, 0) }, 'malformed'],
    ['no sender', { from: '' }, 'malformed'],
    ['a long sender', { from: 'x'.repeat(444) }, 'malformed'],
    ['no recipient', { to: '' }, 'malformed'],
    ['a long recipient', { to: 'x'.repeat(444) }, 'malformed'],
    ['no expiry', { expires: 0 }, 'malformed'],
    ['a short key id', { keyId: fill(2, 7) }, 'malformed'],
    ['a long key id', { keyId: fill(2, 9) }, 'malformed'],
    ['a short commitment', { keyCommitment: fill(3, 31) }, 'malformed'],
    ['a long commitment', { keyCommitment: fill(3, 33) }, 'malformed'],
    ['a short tag', { contentTag: fill(4, 31) }, 'malformed'],
    ['a long tag', { contentTag: fill(4, 33) }, 'malformed'],
    ['no size', { size: 0 }, 'malformed'],
    ['a size without content', { size: 20 }, 'malformed'],
    ['a size between two chunks', { size: 262_144 + 17 }, 'malformed'],
    ['a size beyond the limit', { size: longest.size + 1 }, 'too-large'],
    ['a size beyond all limits', { size: Number.MAX_SAFE_INTEGER }, 'too-large']
  ]

  for (const [name, change, code] of broken) {
    it(`refuses ${name}`, async () => {
      await expectRefused(() => decodeLabel(Label.encode({ ...label, ...change })), code, 'none')
    })
  }

  it('refuses to be sealed with such a field', async () => {
    await expectRefused(() => blankLabel({ ...label, network: 'n'.repeat(254) }), 'malformed')
    await expectRefused(() => blankLabel({ ...label, expires: NaN }), 'malformed')
    await expectRefused(() => blankLabel({ ...label, expires: 1.5 }), 'malformed')
  })

  describe('is canonical', () => {
    const bytes = Label.encode(label)
    const other: Array<[string, Uint8Array]> = [
      ['an unknown field', Buffer.concat([bytes, Buffer.of(11 << 3, 1)])],
      ['a field twice', Buffer.concat([bytes, Buffer.of(10 << 3, 0xe8, 0x07)])],
      ['a default value written out', Buffer.concat([Label.encode({ ...label, version: 0 }), Buffer.of(8, 1, 8, 1)])],
      ['another order', Buffer.concat([bytes.subarray(2), bytes.subarray(0, 2)])],
      ['a longer varint', Buffer.concat([Buffer.of(8, 0x81, 0), bytes.subarray(2)])],
      ['another wire type', Buffer.concat([Buffer.of(9), bytes.subarray(1)])],
      ['a number beyond 2^53', Buffer.concat([bytes.subarray(0, -2), Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)])],
      ['groups in groups', Buffer.concat([bytes, Buffer.alloc(1_000, 11 << 3 | 3)])],
      ['nothing', new Uint8Array(0)]
    ]

    for (const [name, bytes] of other) {
      it(`and refused with ${name}`, async () => {
        await expectRefused(() => decodeLabel(bytes), bytes.byteLength === 0 ? 'unsupported' : 'malformed', 'none')
      })
    }

    it('and refused when its text is no UTF-8', async () => {
      const at = Buffer.from(bytes).indexOf('alpha')

      for (const wrong of [[0xff, 0xfe], [0xc0, 0x80], [0xe0, 0x80], [0xf8, 0x88]]) {
        const copy = new Uint8Array(bytes)
        copy.set(wrong, at)
        await expectRefused(() => decodeLabel(copy), 'malformed')
      }
    })
  })
})

describe('head', () => {
  it('is refused beyond its limit without being looked at', async () => {
    await expectRefused(() => decodeHead(new Uint8Array(MAX_HEAD + 1)), 'too-large')
    await expectRefused(() => decodeHead(new Uint8Array(MAX_HEAD)), 'malformed')
    await expectRefused(() => decodeLabel(new Uint8Array(1_537)), 'too-large')
  })

  it('gives hash and label as they were sealed', async () => {
    const sealed = await sealedTask(bytesOf(10))
    const head = decodeHead(sealed.head)

    expect(head.label.hash).to.deep.equal(sealed.hash)
    expect(head.label.size).to.equal(sealed.size)
  })

  it('hands out copies of what outlives its frame', async () => {
    const sealed = await sealedTask(bytesOf(10))
    const { label } = decodeHead(sealed.head)

    for (const bytes of [label.id, label.hash, label.keyId, label.keyCommitment, label.contentTag]) {
      expect(bytes.buffer.byteLength).to.equal(bytes.byteLength)
    }
  })
})

describe('small envelope', () => {
  it('is refused beyond its limit without being looked at', async () => {
    await expectRefused(() => decodeSmall(new Uint8Array(SMALL + MAX_HEAD + 9)), 'too-large')
  })

  it('holds at most SMALL bytes of ciphertext, all of them', async () => {
    const overhead = (await sealedTask(bytesOf(0))).size
    const fitting = await sealedTask(bytesOf(SMALL - overhead - 4))
    const chunk = await fitting.chunk(0)
    expect(decodeSmall(encodeSmall(fitting.head, chunk)).ciphertext.byteLength).to.equal(fitting.size)

    await expectRefused(() => decodeSmall(encodeSmall(fitting.head, chunk.subarray(1))), 'malformed')
    await expectRefused(() => decodeSmall(encodeSmall(fitting.head, Buffer.concat([chunk, Buffer.of(1)]))), 'malformed')

    const large = await sealedTask(bytesOf(SMALL + 1))
    await expectRefused(() => decodeSmall(encodeSmall(large.head, new Uint8Array(100))), 'too-large')
  })

  it('with millions of empty elements is refused at once', async () => {
    const bomb = new Uint8Array(SMALL)

    for (let i = 0; i < bomb.byteLength; i += 2) {
      bomb[i] = 0x0a
    }

    const start = performance.now()

    for (let i = 0; i < 1_000; i++) {
      await expectRefused(() => decodeSmall(bomb), 'malformed')
    }

    // a decoder that walks it needs 2 ms for each
    expect(performance.now() - start).to.be.below(500)
  })
})

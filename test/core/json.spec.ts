import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { MAX_JSON_DEPTH, MAX_JSON_VALUES, memberText, parseJson } from '../../src/core/json.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const keep = (metadata: string): string => memberText(parseJson(bytes(`{"metadata":${metadata}}`), 'body'), 'metadata')

describe('json', () => {
  it('keeps the digits of numbers that a double would change', () => {
    for (const text of ['9007199254740993', '18446744073709551615', '0.10000000000000000001', '-0', '1e40', '[1,9007199254740993,{"a":1.50}]', '3.141592653589793238462643']) {
      expect(keep(text), text).to.equal(text)
    }
  })

  it('keeps any JSON value equal', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value)

      expect(JSON.parse(keep(text))).to.deep.equal(JSON.parse(text))
    }))
  })

  it('keeps members named like parts of the language', () => {
    expect(keep('{"__proto__":{"a":1},"constructor":2}')).to.equal('{"__proto__":{"a":1},"constructor":2}')
  })

  it('refuses what others could not read', () => {
    const refused: Array<[string, RegExp]> = [
      ['1e400', /64-bit float/], ['"\\ud800"', /surrogate/], ['{"\\udc00":1}', /surrogate/], [`${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}`, /nested/]
    ]

    for (const [text, rule] of refused) {
      expect(() => keep(text), text).to.throw(rule)
    }

    expect(keep(`${'['.repeat(MAX_JSON_DEPTH - 1)}${']'.repeat(MAX_JSON_DEPTH - 1)}`)).to.have.lengthOf((MAX_JSON_DEPTH - 1) * 2)
  })

  it('refuses bytes that are no UTF-8 and text that is no JSON', () => {
    for (const input of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0xed, 0xa0, 0x80])]) {
      expect(() => parseJson(input, 'body')).to.throw(/^body must be UTF-8/)
    }

    for (const text of ['', ' ', '{', 'nul', '{"a":1,}', "{'a':1}", '\ufeff{}', '{}{}', '\u0000']) {
      expect(() => parseJson(bytes(text), 'body'), JSON.stringify(text)).to.throw(/^body must be JSON/)
    }
  })

  it('finds the end of every string of a large text, whatever is escaped in it', () => {
    // counted as structure, what stands in these strings would be too deep
    const inner = fc.array(fc.constantFrom('"', '\\', '[', 'x', '\\"', '\\\\', '['.repeat(MAX_JSON_DEPTH), 'y'.repeat(63), 'z'.repeat(64), 'z'.repeat(65)), { maxLength: 40 }).map(parts => parts.join(''))

    fc.assert(fc.property(fc.array(inner, { minLength: 1, maxLength: 20 }), (strings) => {
      const value = [...strings, 'p'.repeat(70_000), ...strings]
      const deep = '['.repeat(MAX_JSON_DEPTH + 1)

      expect(parseJson(bytes(JSON.stringify(value)), 'body').value).to.deep.equal(value)
      expect(() => parseJson(bytes(`{"a":${JSON.stringify(value)},"b":${deep}`), 'body')).to.throw('nested')
    }))
    expect(() => parseJson(bytes(`["${'x'.repeat(70_000)}`), 'body')).to.throw('must be JSON')
    expect(() => parseJson(bytes(`["${'x'.repeat(70_000)}\\"`), 'body')).to.throw('must be JSON')
  })

  it('looks at the structure of large texts before it parses them', () => {
    const padding = 'x'.repeat(70_000)

    expect(() => parseJson(bytes(`["${padding}",${'['.repeat(1_000_000)}`), 'body')).to.throw(/nested deeper/)
    expect(() => parseJson(bytes(`[${'0,'.repeat(MAX_JSON_VALUES + 1)}0]`), 'body')).to.throw(/more than 1000000 values/)
    expect(parseJson(bytes(JSON.stringify({ body: `${'[{,\\"'.repeat(300_000)}` })), 'body').value).to.have.property('body')
    expect(() => parseJson(bytes(`"${padding}\\`), 'body')).to.throw(/must be JSON/)
  })
})

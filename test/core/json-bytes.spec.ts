import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { isPlain } from '../../src/core/json-bytes.ts'
import { memberText, parseJson } from '../../src/core/json.ts'
import { asText, renderTask } from '../../src/http/beam/render.ts'
import type { TaskView } from '../../src/tasks/index.ts'

const LONG = 'z'.repeat(70_000)

/** Texts with and without what needs an escape, at every alignment */
const texts = fc.array(fc.constantFrom('a', 'bc', 'ä', '€', '😀', '\u007f', '\u2028', ' ', '"', '\\', '\n', '\u0000', '\u001f', 'x'.repeat(61)), { maxLength: 30 }).map(parts => parts.join(''))

describe('long strings of JSON as bytes', () => {
  it('are plain exactly when JSON would not change them, wherever they begin', () => {
    fc.assert(fc.property(texts, fc.nat(7), (text, before) => {
      const bytes = Buffer.concat([Buffer.alloc(before, '"'), Buffer.from(text)]).subarray(before)

      expect(isPlain(bytes), JSON.stringify(text)).to.equal(JSON.stringify(text) === `"${text}"`)
    }))

    for (const byte of [0x00, 0x1f, 0x22, 0x5c]) {
      for (const at of [0, 1, 2, 3, 16_383, 16_384, 69_999]) {
        const bytes = Buffer.alloc(70_000, 'y')
        bytes[at] = byte
        expect(isPlain(bytes), `${byte} at ${at}`).to.equal(false)
      }
    }
  })

  it('are set aside, and the document says the same as when it is parsed whole', () => {
    fc.assert(fc.property(texts, texts, fc.jsonValue({ maxDepth: 2 }), (head, key, metadata) => {
      const value = { id: 'x', [`k${key}`]: 1, body: `${head}${LONG}`, metadata }
      const bytes = Buffer.from(JSON.stringify(value))
      const document = parseJson(bytes, 'request body', 'body')
      const { body, ...rest } = document.value as { body: string }
      const { body: whole, ...others } = JSON.parse(bytes.toString())

      expect(document.aside != null).to.equal(JSON.stringify(value.body) === `"${value.body}"`)
      expect(document.aside == null ? body : Buffer.from(document.aside.bytes).toString()).to.equal(whole)
      expect(rest).to.deep.equal(others)
      expect(memberText(document, 'metadata')).to.equal(memberText(parseJson(bytes, 'request body'), 'metadata'))
    }))
  })

  it('are never taken for another member', () => {
    for (const text of [`{"metadata":"${LONG}","body":"short"}`, `{"body":"short","other":{"body":"${LONG}"}}`, `["body","${LONG}"]`, `"${LONG}"`, `{"${LONG}":"body"}`, `{"body":"${LONG}","body":"short"}`]) {
      const document = parseJson(Buffer.from(text), 'request body', 'body')

      expect(document.aside, text.slice(0, 20)).to.equal(undefined)
      expect(document.value).to.deep.equal(JSON.parse(text))
    }
  })

  it('stay wrong when the document is wrong', () => {
    for (const text of [`{"body":"${LONG}"`, `{"body":"${LONG}",}`, `{"body":"${LONG}\n"}`, `{"body":"${LONG}\\x"}`, `{"body":"${LONG}"}}`]) {
      expect(() => parseJson(Buffer.from(text), 'request body', 'body')).to.throw('request body must be JSON')
    }
  })

  it('are rendered as JSON would', () => {
    fc.assert(fc.property(texts, (text) => {
      const view: TaskView = { creator: 'a.n', id: 'i', from: 'x.a.n', to: ['y.b.n'], body: '', bodyBytes: Buffer.from(`${text}${LONG}`), ttl: '1h', failureStrategy: '"discard"', metadata: '[1]', expires: 1, seq: 1 }
      const rendered = asText(renderTask(view))

      expect(rendered).to.equal(asText(renderTask({ ...view, bodyBytes: undefined, body: `${text}${LONG}` })))
      expect(JSON.parse(rendered).body).to.equal(`${text}${LONG}`)
    }))
  })
})

/**
 * JSON from outside. What is kept comes out again as it came in and is readable by
 * every other implementation, and no document can end the process:
 * - bytes must be UTF-8, strings well-formed Unicode
 * - depth and the number of values have a limit, checked before a large text is parsed
 * - numbers that a double would change keep their digits; those beyond every double are refused
 */
import { isUtf8 } from 'node:buffer'
import { InvalidInputError } from './errors.ts'
import { setAside } from './json-bytes.ts'
import type { Span } from './json-bytes.ts'

/** Nested arrays and objects. Rust's serde_json stops at 128, and lists put theirs around. */
export const MAX_JSON_DEPTH = 120

/** Values (members, elements) of one document: each may cost 50 bytes of heap */
export const MAX_JSON_VALUES = 1_000_000

/** Texts up to this many bytes are harmless however they nest */
const HARMLESS = 65_536

/** A string with more bytes than this is set aside */
const LONG = 65_536

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c

/** One parsed document with the text it came from */
export interface JsonDocument {
  readonly text: string
  readonly value: unknown
  /** The value of the member that was set aside: the document says `mark` in its place */
  readonly aside?: { readonly mark: string, readonly bytes: Uint8Array }
}

/** Of the language since ES2026, not yet in TypeScript's library */
interface SourceJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
}

/**
 * `member` of the outermost object, when it is a long string that needs no escapes, is
 * set aside as bytes.
 *
 * @throws {InvalidInputError} naming `field` and the rule
 */
export function parseJson (bytes: Uint8Array, field: string, member?: string): JsonDocument {
  if (!isUtf8(bytes)) {
    throw new InvalidInputError(field, 'must be UTF-8')
  }

  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

  const longest = bytes.length > HARMLESS ? checkStructure(buffer, field) : undefined

  if (member != null && longest != null && longest.end - longest.start > LONG) {
    const document = parseAside(buffer, longest, member)

    if (document != null) {
      return document
    }
  }

  const text = buffer.toString('utf8')

  return { text, value: parsed(text, field) }
}

/** Undefined when it was another member, or has escapes; or is no JSON, which the whole text tells better */
function parseAside (buffer: Buffer, span: Span, member: string): JsonDocument | undefined {
  const aside = setAside(buffer, span)

  if (aside == null) {
    return
  }

  try {
    const value = JSON.parse(aside.text)

    return value?.[member] === aside.mark ? { text: aside.text, value, aside } : undefined
  } catch {
    return undefined
  }
}

function parsed (text: string, field: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidInputError(field, `must be JSON: ${error instanceof Error ? error.message : 'not understood'}`)
  }
}

/**
 * JSON text of one member of a document whose value is an object, numbers digit by
 * digit as they were written.
 *
 * @throws {InvalidInputError} naming the member and the rule
 */
export function memberText (document: JsonDocument, member: string): string {
  const value = memberOf(document.value, member)

  // most members are null or small and plain: one parse was enough
  return JSON.stringify(keepsDigits(value, member, 1) ? value : memberOf(parseKeepingDigits(document.text), member))
}

/**
 * JSON text that another site sent and that goes out to apps as it is. It must pass
 * what `memberText` asks of our own apps: one document that a strict parser cannot read
 * would spoil every list that it stands in.
 *
 * @returns its value
 * @throws {InvalidInputError} naming `field` and the rule
 */
export function checkJsonText (text: string, field: string): unknown {
  // most are null, or short
  const { value } = text.length <= HARMLESS / 3 ? { value: parsed(text, field) } : parseJson(Buffer.from(text), field)

  keepsDigits(value, field, 1)

  return value
}

function memberOf (value: unknown, member: string): unknown {
  return (value as Record<string, unknown>)[member]
}

function parseKeepingDigits (text: string): unknown {
  const json = JSON as unknown as SourceJson

  return json.parse(text, (key, value, { source }) => {
    return typeof value === 'number' && source != null && String(value) !== source ? json.rawJSON(source) : value
  })
}

/** Whether every number survives a double; throws for what must not be kept at all */
function keepsDigits (value: unknown, field: string, depth: number): boolean {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw new InvalidInputError(field, 'must hold only numbers that a 64-bit float can represent')
    }

    return Number.isSafeInteger(value) && !Object.is(value, -0)
  }

  if (typeof value === 'string') {
    checkWellFormed(value, field)
  }

  if (typeof value !== 'object' || value === null) {
    return true
  }

  if (depth >= MAX_JSON_DEPTH) {
    throw new InvalidInputError(field, `must not be nested deeper than ${MAX_JSON_DEPTH} levels`)
  }

  let keeps = true

  for (const [key, inner] of Object.entries(value)) {
    checkWellFormed(key, field)
    keeps = keepsDigits(inner, field, depth + 1) && keeps
  }

  return keeps
}

/**
 * JSON can spell half a surrogate pair, which no UTF-8 text can hold.
 *
 * @throws {InvalidInputError}
 */
export function checkWellFormed (text: string, field: string): void {
  if (!text.isWellFormed()) {
    throw new InvalidInputError(field, 'must be well-formed Unicode: half a surrogate pair is no character')
  }
}

/**
 * One pass over the bytes: the parser itself would take 20 times the text's size for `[[[[…`.
 * Returns the longest string right in the outermost value.
 */
function checkStructure (bytes: Buffer, field: string): Span {
  let longest = { start: 0, end: 0 }
  let depth = 0
  let values = 1

  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]

    if (byte === QUOTE) {
      const start = i + 1
      i = endOfString(bytes, start)

      if (depth === 1 && i - start > longest.end - longest.start && i < bytes.length) {
        longest = { start, end: i }
      }
    } else if (byte === COMMA) {
      values++
    } else if (byte === 0x5b || byte === 0x7b) { // [ {
      values++
      depth++
    } else if (byte === 0x5d || byte === 0x7d) { // ] }
      depth--
    }

    if (depth > MAX_JSON_DEPTH) {
      throw new InvalidInputError(field, `must not be nested deeper than ${MAX_JSON_DEPTH} levels`)
    }

    if (values > MAX_JSON_VALUES) {
      throw new InvalidInputError(field, `must not hold more than ${MAX_JSON_VALUES} values`)
    }
  }

  return longest
}

/** Bytes that are looked at one by one before the search for a quote pays */
const NEAR = 64

function endOfString (bytes: Buffer, from: number): number {
  for (let i = from; ;) {
    for (const near = Math.min(i + NEAR, bytes.length); i < near && bytes[i] !== QUOTE;) {
      i += bytes[i] === BACKSLASH ? 2 : 1
    }

    if (i >= bytes.length || bytes[i] === QUOTE) {
      return i
    }

    const quote = bytes.indexOf(QUOTE, i)
    let text = quote

    while (text > i && bytes[text - 1] === BACKSLASH) {
      text--
    }

    if (quote === -1) {
      return bytes.length
    }

    if ((quote - text) % 2 === 0) {
      return quote
    }

    // it is escaped, and others may follow soon
    i = quote + 1
  }
}

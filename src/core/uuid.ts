/**
 * UUIDs in the forms that Beam's Rust side reads: hyphenated, simple, in braces,
 * as URN; any version, any case.
 */

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ANY_HYPHENATED = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/
const SIMPLE = /^[0-9a-fA-F]{32}$/

/**
 * Lower case with hyphens; undefined for anything else.
 */
export function parseUuid (text: string): string | undefined {
  // what nearly everyone sends
  if (HYPHENATED.test(text)) {
    return text
  }

  // the URN prefix and braces each hold the hyphenated form, never each other
  const inner = text.startsWith('urn:uuid:')
    ? text.slice('urn:uuid:'.length)
    : text.startsWith('{') && text.endsWith('}')
      ? text.slice(1, -1)
      : text

  if (ANY_HYPHENATED.test(inner)) {
    return inner.toLowerCase()
  }

  if (inner === text && SIMPLE.test(text)) {
    const hex = text.toLowerCase()

    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}

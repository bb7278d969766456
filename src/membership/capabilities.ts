import { InvalidInputError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { MAX_CAPABILITY } from './limits.ts'

/** A capability is a word of visible characters; in a pattern `*` stands for any run of them, none included */
const NAME = /^[\p{L}\p{N}._:/@+-]+$/u
const PATTERN = /^[\p{L}\p{N}._:/@+*-]+$/u

/**
 * @throws {InvalidInputError}
 */
export function checkCapability (name: string, field: string = 'capability'): string {
  if (name.length > MAX_CAPABILITY || !NAME.test(name)) {
    throw new InvalidInputError(field, `must be 1 to ${MAX_CAPABILITY} letters, digits or . _ : / @ + -, not ${quote(name)}`)
  }

  return name
}

/**
 * @throws {InvalidInputError}
 */
export function checkPattern (pattern: string, field: string = 'capability pattern'): string {
  if (!isPattern(pattern)) {
    throw new InvalidInputError(field, `must be 1 to ${MAX_CAPABILITY} letters, digits or . _ : / @ + - with * for any run of them, not ${quote(pattern)}`)
  }

  return pattern
}

export function isPattern (pattern: string): boolean {
  return pattern.length <= MAX_CAPABILITY && PATTERN.test(pattern)
}

/**
 * Whether the pattern covers the name. Each piece between stars is searched once,
 * from where the one before ended, and never again: there is no backtracking to
 * blow up on patterns like `*a*a*a*b`.
 */
export function matchCapability (pattern: string, name: string): boolean {
  if (pattern.length > MAX_CAPABILITY || name.length > MAX_CAPABILITY) {
    return false
  }

  const pieces = pattern.split('*')
  const first = pieces[0]

  if (pieces.length === 1) {
    return pattern === name
  }

  const last = pieces[pieces.length - 1]

  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) {
    return false
  }

  const end = name.length - last.length
  let position = first.length

  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, position)

    if (found === -1 || found + piece.length > end) {
      return false
    }

    position = found + piece.length
  }

  return position <= end
}

/** Whether any of a member's patterns covers the name */
export function mayAnnounce (patterns: string[], name: string): boolean {
  return patterns.some(pattern => matchCapability(pattern, name))
}

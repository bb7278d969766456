import { InvalidInputError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { UNIT_RULES, parseUnit } from './units.ts'
import type { Field } from './fields.ts'

/**
 * The text of a flag or environment variable as the value of its field. What the
 * schema checks (ranges, choices) is left to it.
 *
 * @throws {InvalidInputError} naming `name`, the flag or variable as it was written
 */
export function parseText (field: Field, text: string, name: string): unknown {
  if (field.kind === 'json') {
    return parseJson(text, name)
  }

  if (field.kind === 'list') {
    return text.startsWith('[') ? parseJson(text, name) : text.split(',').map(item => item.trim()).filter(item => item !== '')
  }

  if (field.unit != null) {
    const value = parseUnit(text, field.unit)

    if (value == null) {
      throw new InvalidInputError(name, `${UNIT_RULES[field.unit]}, not ${quote(text)}`)
    }

    return value
  }

  if (field.kind === 'integer') {
    if (!/^\d{1,15}$/.test(text)) {
      throw new InvalidInputError(name, `must be a whole number, not ${quote(text)}`)
    }

    return Number(text)
  }

  return text
}

function parseJson (text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // the parser's own message repeats the value at length; the rule says enough
    throw new InvalidInputError(name, `must be a JSON array, not ${quote(text)}`)
  }
}

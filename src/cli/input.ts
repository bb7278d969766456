import { parseUnit, UNIT_RULES } from '../config/units.ts'
import { InvalidInputError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'

/** What commander parsed, as the type a handler wants; each names the flag in its refusal */
export function textOption (options: Record<string, unknown>, name: string): string | undefined {
  const value = options[name]

  if (value === undefined) {
    return
  }

  if (typeof value !== 'string' || value.trim() === '') {
    throw new InvalidInputError(`--${name}`, 'must not be empty')
  }

  return value
}

export function listOption (options: Record<string, unknown>, name: string): string[] {
  const value = options[name]

  return Array.isArray(value) ? value.map(String) : []
}

export function durationOption (text: string | undefined, flag: string): number | undefined {
  if (text === undefined) {
    return
  }

  const value = parseUnit(text, 'ms')

  if (value == null) {
    throw new InvalidInputError(flag, `${UNIT_RULES.ms}, not ${quote(text)}`)
  }

  return value
}

export function integerOption (text: unknown, flag: string, { min, max }: { min: number, max: number }): number | undefined {
  if (text === undefined) {
    return
  }

  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN

  if (!(value >= min && value <= max)) {
    throw new InvalidInputError(flag, `must be a whole number from ${min} to ${max}, not ${quote(String(text))}`)
  }

  return value
}

export function choiceOption<T extends string> (text: string | undefined, flag: string, choices: T[]): T | undefined {
  if (text === undefined) {
    return
  }

  const choice = choices.find(choice => choice === text)

  if (choice == null) {
    throw new InvalidInputError(flag, `must be one of ${choices.join(', ')}, not ${quote(text)}`)
  }

  return choice
}

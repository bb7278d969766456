import { Option } from 'commander'
import { FIELDS } from '../config/fields.ts'
import type { Field } from '../config/fields.ts'
import type { Command } from 'commander'

const VALUES: Record<Field['kind'], string> = { string: '<text>', integer: '<number>', list: '<text>', json: '<json>' }

function optionOf (field: Field): Option {
  const option = new Option(`--${field.flag} ${VALUES[field.kind]}`, `${field.description}${field.kind === 'list' ? '; may be repeated' : ''} (${field.path})`)

  return field.kind === 'list' ? option.argParser(collect) : option
}

export function collect (value: string, before: unknown): string[] {
  return [...(Array.isArray(before) ? before : []), value]
}

/** One flag for each field of the configuration */
export function addConfigFlags (command: Command): void {
  for (const field of FIELDS) {
    command.addOption(optionOf(field))
  }
}

/** Of all parsed options, those that set a field, by its dotted path */
export function readConfigFlags (options: Record<string, unknown>): Record<string, string | string[]> {
  const found = FIELDS.map(field => [field.path, options[optionOf(field).attributeName()]] as const)

  return Object.fromEntries(found.filter((entry): entry is [string, string | string[]] => entry[1] !== undefined))
}

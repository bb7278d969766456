import { Ajv } from 'ajv'
import { InvalidInputError } from '../core/errors.ts'
import { FIELDS } from './fields.ts'
import { suggest } from './nearest.ts'
import { schema } from './schema.ts'
import { UNIT_RULES } from './units.ts'
import type { Unit } from './units.ts'
import type { ErrorObject } from 'ajv'

const ajv = new Ajv({ allErrors: false, verbose: true, unicodeRegExp: true })
ajv.addKeyword('unit')
ajv.addKeyword('rule')
ajv.addKeyword('flag')
ajv.addKeyword('secret')
const validate = ajv.compile(schema)

const segments = (pointer: string): Array<string | number> => pointer.split('/').slice(1)
  .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  .map(part => /^\d+$/.test(part) ? Number(part) : part)

function sentence (error: ErrorObject): string {
  const { rule, unit } = (error.parentSchema ?? {}) as { rule?: string, unit?: Unit }

  if (rule != null) {
    return rule
  }

  if (unit != null && error.keyword === 'type') {
    return UNIT_RULES[unit]
  }

  if (error.keyword === 'enum') {
    return `must be one of ${(error.params.allowedValues as string[]).join(', ')}`
  }

  return RULES[error.keyword]?.(error.params) ?? error.message ?? 'does not fit'
}

type Params = ErrorObject['params']

const TYPES: Record<string, string> = { integer: 'a whole number', string: 'text', array: 'a list', object: 'a group of fields' }

/** Our words for the rules that the schema's fields have no sentence of their own for */
const RULES: Record<string, ((params: Params) => string) | undefined> = {
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
  minLength: ({ limit }) => limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} characters`,
  maxLength: ({ limit }) => `must have at most ${String(limit)} characters`,
  minItems: ({ limit }) => `must name at least ${String(limit)}`,
  maxItems: ({ limit }) => `must name at most ${String(limit)}`,
  type: ({ type }) => `must be ${TYPES[type] ?? String(type)}`
}

/** Whole paths that would do where an unknown one stands: siblings, and at the top every field */
function known (error: ErrorObject, path: Array<string | number>): string[] {
  const properties = (error.parentSchema as { properties?: object } | undefined)?.properties ?? {}

  return [...Object.keys(properties).map(name => [...path, name].join('.')), ...(error.instancePath === '' ? FIELDS.map(field => field.path) : [])]
}

/**
 * @param value - what a file, flags or the environment say, units already numbers
 * @param where - names the place of a path, for the end of the message
 * @throws {InvalidInputError} naming the first field that breaks its rule
 */
export function checkConfig (value: unknown, where: (path: Array<string | number>) => string): void {
  if (validate(value)) {
    return
  }

  const error = (validate.errors as ErrorObject[])[0]
  const path = segments(error.instancePath)

  if (error.keyword === 'additionalProperties') {
    const full = [...path, String(error.params.additionalProperty)]

    throw new InvalidInputError(full.join('.'), suggest(full.join('.'), known(error, path)) + where(full))
  }

  if (error.keyword === 'required') {
    const full = [...path, String(error.params.missingProperty)]

    throw new InvalidInputError(full.join('.'), `is missing: it is needed with the others of ${path.join('.')}${where(path)}`)
  }

  throw new InvalidInputError(path.join('.'), sentence(error) + where(path))
}

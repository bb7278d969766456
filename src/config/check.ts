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

  return error.message ?? 'does not fit'
}

/** Names that would do where an unknown one stands: siblings, then whole paths */
function known (error: ErrorObject): string[] {
  const properties = (error.parentSchema as { properties?: object } | undefined)?.properties ?? {}

  return [...Object.keys(properties), ...(error.instancePath === '' ? FIELDS.map(field => field.path) : [])]
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
    const name = String(error.params.additionalProperty)
    const full = [...path, name]

    throw new InvalidInputError(full.join('.'), suggest(name, known(error)) + where(full))
  }

  if (error.keyword === 'required') {
    const full = [...path, String(error.params.missingProperty)]

    throw new InvalidInputError(full.join('.'), `is missing: it is needed with the others of ${path.join('.')}${where(path)}`)
  }

  throw new InvalidInputError(path.join('.'), sentence(error) + where(path))
}

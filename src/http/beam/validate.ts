import { Ajv2020 } from 'ajv/dist/2020.js'
import { parseDuration } from '../../core/durations.ts'
import { InvalidInputError } from '../../core/errors.ts'
import { parseId, quote } from '../../core/ids.ts'
import { parseUuid } from '../../core/uuid.ts'
import type { AnySchemaObject, ErrorObject } from 'ajv'

/** Checks a value against a schema; compiled once */
export type Validate = (value: unknown) => void

/** Schemas whose formats know the ids of one network */
export interface Validator {
  /** `whole` is what errors call a value that is wrong as a whole */
  compile(schema: AnySchemaObject, whole: string): Validate
}

export function createValidator (network: string): Validator {
  const ajv = new Ajv2020({ verbose: true, allowUnionTypes: true })

  ajv.addFormat('uuid', (text: string) => parseUuid(text) != null)
  ajv.addFormat('beam-duration', (text: string) => parseDuration(text, 's') != null)
  ajv.addFormat('app-id', (text: string) => parseId(text, network)?.kind === 'app')
  ajv.addFormat('app-or-site-id', (text: string) => parseId(text, network) != null)

  return {
    compile: (schema, whole) => {
      const check = ajv.compile(schema)

      return (value) => {
        if (!check(value)) {
          throw sentence(check.errors ?? [], whole)
        }
      }
    }
  }
}

/** Of a union's errors the last one speaks for the union */
function sentence (errors: ErrorObject[], whole: string): InvalidInputError {
  const error = errors[errors.length - 1]
  const path = fieldName(error.instancePath)

  if (error.keyword === 'required') {
    const missing = String(error.params.missingProperty)
    const field = path === '' ? missing : `${path}.${missing}`

    return new InvalidInputError(field, `is missing: it must be ${describe(error.parentSchema?.properties?.[missing])}`)
  }

  const field = path === '' ? whole : path
  const rule = `must be ${describe(error.parentSchema)}`

  return new InvalidInputError(field, typeof error.data === 'string' ? `${rule}, not ${quote(error.data)}` : rule)
}

function describe (schema: AnySchemaObject | undefined): string {
  return schema?.description ?? 'something else'
}

/** `/to/3` is `to[3]` */
function fieldName (pointer: string): string {
  return pointer.slice(1).replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')
}

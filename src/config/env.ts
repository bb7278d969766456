import { InvalidInputError } from '../core/errors.ts'
import { isFragment, quote } from '../core/ids.ts'
import { FIELDS } from './fields.ts'
import { suggest } from './nearest.ts'
import { parseText } from './parse-text.ts'
import type { Field } from './fields.ts'

export const ENV_DIR = 'BEAM_NODE_DIR'
export const ENV_FILE = 'BEAM_NODE_CONFIG'

const PREFIX = 'BEAM_NODE_'

/** Settings found in the environment. An unknown variable with our prefix is a typo, not noise. */
export function readEnv (env: NodeJS.ProcessEnv): Array<{ field: Field, value: unknown }> {
  const names = FIELDS.map(field => field.env)
  const found: Array<{ field: Field, value: unknown }> = []

  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text == null || name === ENV_DIR || name === ENV_FILE) {
      continue
    }

    const field = FIELDS.find(field => field.env === name)

    if (field == null) {
      throw new InvalidInputError(name, `${suggest(name, [...names, ENV_DIR, ENV_FILE])} (environment)`)
    }

    found.push({ field, value: parseText(field, text, name) })
  }

  return found
}

/** Beam's own form: APP_<name>_KEY=<key> */
export function readEnvApps (env: NodeJS.ProcessEnv): Array<{ name: string, key: string }> {
  const apps: Array<{ name: string, key: string }> = []

  for (const [variable, key] of Object.entries(env)) {
    const name = /^APP_(.+)_KEY$/.exec(variable)?.[1]

    if (name == null || key == null) {
      continue
    }

    if (!isFragment(name)) {
      throw new InvalidInputError(variable, `names no app: APP_<name>_KEY wants a name of letters, digits or "-", not ${quote(name)}`)
    }

    if (key === '' || /\s/.test(key)) {
      throw new InvalidInputError(variable, 'must be a key without spaces')
    }

    apps.push({ name, key })
  }

  return apps
}

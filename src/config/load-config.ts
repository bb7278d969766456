import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { InvalidInputError } from '../core/errors.ts'
import { exceptionsOfEnvironment, proxyOfEnvironment } from '../core/proxy-text.ts'
import { checkConfig } from './check.ts'
import { ENV_DIR, ENV_FILE, readEnv, readEnvApps } from './env.ts'
import { FIELDS, fieldAt } from './fields.ts'
import { parseText } from './parse-text.ts'
import { getPath, setPath } from './paths.ts'
import { readConfigFile } from './read-file.ts'
import { parseUnit } from './units.ts'
import type { LoadedConfig, Config, Source } from './index.ts'

/** Name of the file inside the data directory */
export const CONFIG_FILE = 'config.yaml'

export interface LoadConfigInput {
  /** Values of flags by dotted path of their field; a list for fields that repeat */
  flags?: Record<string, string | string[]>
  env?: NodeJS.ProcessEnv
  /** `--dir`. @default BEAM_NODE_DIR or ~/.beam-node */
  dir?: string
  /** `--config`. @default BEAM_NODE_CONFIG or config.yaml in the data directory */
  file?: string
}

/** Where the data directory is, before anything is read */
export function dataDir (dir: string | undefined, env: NodeJS.ProcessEnv): { dir: string, source: Source } {
  if (dir != null) {
    return { dir: resolve(dir), source: 'flag' }
  }

  if (env[ENV_DIR] != null && env[ENV_DIR] !== '') {
    return { dir: resolve(env[ENV_DIR]), source: 'environment' }
  }

  return { dir: join(homedir(), '.beam-node'), source: 'default' }
}

/**
 * Effective configuration: flags > environment > file > defaults.
 *
 * @throws {InvalidInputError} naming the field, where it stands and what would be right
 */
export async function loadConfig ({ flags = {}, env = process.env, dir, file }: LoadConfigInput): Promise<LoadedConfig> {
  const where = dataDir(dir, env)
  const named = file ?? env[ENV_FILE]
  const read = await readConfigFile(named == null ? join(where.dir, CONFIG_FILE) : resolve(named), named != null)
  const value: Record<string, unknown> = {}
  const sources: Record<string, Source> = { dir: where.source }

  for (const field of FIELDS.filter(field => field.default !== undefined)) {
    setPath(value, field.path, structuredClone(field.default))
    sources[field.path] = 'default'
  }

  const set = (path: string, found: unknown, source: Source): void => {
    setPath(value, path, found)
    sources[path] = source
  }

  if (read != null) {
    // whole, so that unknown keys are there to be refused
    merge(value, read.value)

    for (const { path, found } of fileValues(read.value)) {
      set(path, found, 'file')
    }
  }

  for (const { field, value } of readEnv(env)) {
    set(field.path, value, 'environment')
  }

  for (const [path, given] of Object.entries(flags)) {
    set(path, flagValue(path, given), 'flag')
  }

  // meant for every program of the machine: what was said to this one counts more, in its file too
  for (const [path, find] of [['network.proxy', proxyOfEnvironment], ['network.noProxy', exceptionsOfEnvironment]] as const) {
    const found = getPath(value, path) === undefined ? find(env) : undefined

    if (found != null) {
      set(path, found, 'environment')
    }
  }

  checkConfig(value, path => saidBy(path, sources) ?? read?.where(path) ?? '')

  return {
    config: { dir: where.dir, ...value } as unknown as Config,
    sources,
    file: read?.path,
    envApps: readEnvApps(env)
  }
}

function fileValues (value: Record<string, unknown>): Array<{ path: string, found: unknown }> {
  return FIELDS.map(field => ({ path: field.path, found: withUnit(field.path, getPath(value, field.path)) }))
    .filter(({ found }) => found !== undefined)
}

function withUnit (path: string, found: unknown): unknown {
  const unit = fieldAt(path)?.unit

  // text that is no size or duration stays text, and the schema says what is wrong
  return unit != null && typeof found === 'string' ? parseUnit(found, unit) ?? found : found
}

function merge (into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    const present = Object.hasOwn(into, name) ? into[name] : undefined

    if (isMapping(present) && isMapping(value)) {
      merge(present, value)
    } else {
      // defineProperty: "__proto__" is a key like any other here
      Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true })
    }
  }
}

function isMapping (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value != null && !Array.isArray(value)
}

function flagValue (path: string, given: string | string[]): unknown {
  const field = fieldAt(path)

  if (field == null) {
    throw new InvalidInputError(path, 'is not a field of the configuration')
  }

  const name = `--${field.flag}`

  return Array.isArray(given) ? given.flatMap(text => parseText(field, text, name)) : parseText(field, given, name)
}

/** Undefined when the file said it, or nobody */
function saidBy (path: Array<string | number>, sources: Record<string, Source>): string | undefined {
  const field = FIELDS.find(field => `${path.join('.')}.`.startsWith(`${field.path}.`))
  const source = field == null ? undefined : sources[field.path]

  if (source === 'flag') {
    return ` (flag --${field?.flag})`
  }

  return source === 'environment' ? ` (${field?.env} in the environment)` : undefined
}

import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { InvalidInputError, NotFoundError } from '../core/errors.ts'

/** Longest configuration file in characters */
const MAX_FILE = 1_048_576

export interface ConfigFile {
  path: string
  value: Record<string, unknown>
  /** ` (config.yaml, line 3)` for messages about the value at a path */
  where (path: Array<string | number>): string
}

/**
 * @throws {NotFoundError} when the file does not exist and `required`
 * @throws {InvalidInputError} for what is no YAML mapping
 */
export async function readConfigFile (path: string, required: boolean): Promise<ConfigFile | undefined> {
  let text: string

  try {
    text = await readFile(path, 'utf8')
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') {
      if (required) {
        throw new NotFoundError(`there is no configuration file ${path}`)
      }

      return
    }

    if ((err as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new InvalidInputError('--dir', `must be a directory: ${dirname(path)}, or a part of that path, is a file`)
    }

    throw new InvalidInputError(path, `cannot be read: ${(err as Error).message}`)
  }

  return parseConfigFile(text, path)
}

/**
 * @throws {InvalidInputError} for what is no YAML mapping
 */
export function parseConfigFile (text: string, path: string): ConfigFile {
  if (text.length > MAX_FILE) {
    throw new InvalidInputError(path, `is longer than ${MAX_FILE} characters`)
  }

  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true, stringKeys: true })

  if (document.errors.length > 0) {
    throw new InvalidInputError(path, `is no valid YAML: ${document.errors[0].message.split('\n')[0]}`)
  }

  const value = toValue(document, path)

  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidInputError(path, 'must be a mapping such as "api: { port: 8081 }"')
  }

  return {
    path,
    value: value as Record<string, unknown>,
    where: (keys) => {
      const node = keyRange(document.contents, keys)

      return node == null ? ` (${path})` : ` (${path}, line ${lines.linePos(node).line})`
    }
  }
}

function toValue (document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // an alias without its anchor, or aliases of aliases that would fill the memory
    throw new InvalidInputError(path, `is no valid YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

interface YamlPair { key?: { value?: unknown, range?: [number, number, number] | null }, value?: unknown }

/** Offset of the key at the end of the path, as deep as the document goes */
function keyRange (contents: unknown, keys: Array<string | number>): number | undefined {
  let at = contents as { items?: unknown[] } | null | undefined
  let offset: number | undefined

  for (const key of keys) {
    if (typeof key === 'number') {
      at = at?.items?.[key] as typeof at
      continue
    }

    const pair = (at?.items as YamlPair[] | undefined)?.find(item => String(item.key?.value) === key)

    if (pair == null) {
      break
    }

    offset = pair.key?.range?.[0] ?? offset
    at = pair.value as typeof at
  }

  return offset
}

import { existsSync } from 'node:fs'
import { stringify } from 'yaml'
import { layout } from '../config/layout.ts'
import { loadConfig } from '../config/load-config.ts'
import { getPath, setPath } from '../config/paths.ts'
import { InvalidInputError } from '../core/errors.ts'
import { writePrivateFile } from '../core/files.ts'

/** Text of flags by dotted path of their field */
export type ConfigFlags = Record<string, string | string[]>

const HEAD = '# Written by beam-node. Every field is explained in docs/configuration.md\n'

/**
 * Checks what `init` or `join` was given for the configuration, before anything is
 * written; the function returned writes it. `otherwise` is written where nothing
 * is said and no file exists.
 *
 * @throws {InvalidInputError} when a value breaks its rule, or would have to change a file that is there
 */
export async function prepareConfig (dir: string, flags: ConfigFlags, otherwise: ConfigFlags = {}): Promise<() => Promise<void>> {
  const files = layout(dir)
  const present = existsSync(files.config)
  const wanted = present ? flags : { ...otherwise, ...flags }
  const { config } = await loadConfig({ dir, flags: wanted, env: {} })

  if (present) {
    if (Object.keys(flags).length > 0) {
      throw new InvalidInputError(Object.keys(flags).join(', '), `cannot be written: ${files.config} exists and is yours; put it there, or leave the flag away`)
    }

    return async () => {}
  }

  const value: Record<string, unknown> = {}

  for (const path of Object.keys(wanted)) {
    setPath(value, path, getPath(config, path))
  }

  return async () => {
    if (Object.keys(value).length > 0) {
      await writePrivateFile(files.config, HEAD + stringify(value))
    }
  }
}

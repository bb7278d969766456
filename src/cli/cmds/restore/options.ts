import { resolve } from 'node:path'
import { dataDir } from '../../../config/load-config.ts'
import type { CommandInput } from '../../command.ts'

export interface RestoreOptions {
  file: string
  dir: string
  force: boolean
  alone: boolean
}

export function readOptions ({ args, options, dir, env }: CommandInput): RestoreOptions {
  return { file: resolve(args[0]), dir: dataDir(dir, env).dir, force: options.force === true, alone: options.alone === true }
}

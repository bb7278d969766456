import { resolve } from 'node:path'
import type { CommandInput } from '../../command.ts'

/** The daemon has another working directory */
export function readOptions ({ args }: CommandInput): { file: string } {
  return { file: resolve(args[0]) }
}

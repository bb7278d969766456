import type { CommandInput } from '../../command.ts'

export function readOptions ({ options }: CommandInput, json: boolean): { keep: boolean, json: boolean } {
  return { keep: options.keep === true, json }
}

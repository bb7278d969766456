import { textOption } from '../../input.ts'
import type { CommandInput } from '../../command.ts'

export function readOptions ({ args, options }: CommandInput): { site: string, reason?: string } {
  const reason = textOption(options, 'reason')

  return { site: args[0], ...(reason == null ? {} : { reason }) }
}

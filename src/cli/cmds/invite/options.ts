import { checkFragment } from '../../../core/ids.ts'
import { durationOption, listOption, textOption } from '../../input.ts'
import type { InviteInput } from '../../../control/index.ts'
import type { CommandInput } from '../../command.ts'

export function readOptions ({ options }: CommandInput): InviteInput {
  const organization = textOption(options, 'organization')
  const lifetime = durationOption(textOption(options, 'lifetime'), '--lifetime')

  return {
    site: checkFragment(textOption(options, 'site') ?? '', '--site'),
    capabilities: listOption(options, 'capability'),
    ...(organization == null ? {} : { organization }),
    ...(lifetime == null ? {} : { lifetime }),
    ...(options.approve === true ? { approve: true } : {})
  }
}

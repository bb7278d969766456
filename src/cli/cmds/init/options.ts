import { dataDir } from '../../../config/load-config.ts'
import { checkFragment, checkNetworkName } from '../../../core/ids.ts'
import { listOption, textOption } from '../../input.ts'
import type { FoundSiteInit } from '../../../control/found-site.ts'
import type { CommandInput } from '../../command.ts'

export function readOptions (input: CommandInput): FoundSiteInit {
  const { options } = input
  const network = checkNetworkName(textOption(options, 'network') ?? '', '--network')
  const capabilities = listOption(options, 'capability')
  const organization = textOption(options, 'organization')

  return {
    dir: dataDir(input.dir, input.env).dir,
    network,
    site: checkFragment(textOption(options, 'site') ?? '', '--site'),
    recoveryFile: textOption({ 'recovery-file': options.recoveryFile }, 'recovery-file') ?? `${network}-recovery.key`,
    config: input.config,
    ...(organization == null ? {} : { organization }),
    ...(capabilities.length === 0 ? {} : { capabilities })
  }
}

import { loadConfig } from '../../../config/load-config.ts'
import type { LoadedConfig } from '../../../config/index.ts'
import type { CommandInput } from '../../command.ts'

export interface StartOptions {
  loaded: LoadedConfig
  endWithParent: boolean
}

export async function readOptions ({ dir, file, config, env, options }: CommandInput): Promise<StartOptions> {
  return { loaded: await loadConfig({ dir, file, flags: config, env }), endWithParent: options.endWithParent === true }
}

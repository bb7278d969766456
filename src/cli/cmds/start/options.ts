import { loadConfig } from '../../../config/load-config.ts'
import type { LoadedConfig } from '../../../config/index.ts'
import type { CommandInput } from '../../command.ts'

export async function readOptions ({ dir, file, config, env }: CommandInput): Promise<LoadedConfig> {
  return loadConfig({ dir, file, flags: config, env })
}

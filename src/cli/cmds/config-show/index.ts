import type { CliCommand } from '../../command.ts'

export const configShow: CliCommand = {
  usage: 'config show',
  summary: 'each effective value and where it came from',
  examples: ['config show', 'config show --api-port 9000'],
  configFlags: true,
  load: async () => import('./handler.ts')
}

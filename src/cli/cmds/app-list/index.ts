import type { CliCommand } from '../../command.ts'

export const appList: CliCommand = {
  usage: 'app list',
  summary: 'the local apps',
  examples: ['app list'],
  load: async () => import('./handler.ts')
}

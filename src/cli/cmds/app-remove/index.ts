import type { CliCommand } from '../../command.ts'

export const appRemove: CliCommand = {
  usage: 'app remove <name>',
  summary: 'remove a local app; its key ends at once',
  examples: ['app remove analysis'],
  arguments: { name: 'first part of the app id' },
  load: async () => import('./handler.ts')
}

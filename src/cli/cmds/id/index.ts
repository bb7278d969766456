import type { CliCommand } from '../../command.ts'

export const id: CliCommand = {
  usage: 'id',
  summary: 'who this site is',
  examples: ['id'],
  load: async () => import('./handler.ts')
}

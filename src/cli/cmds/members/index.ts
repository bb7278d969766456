import type { CliCommand } from '../../command.ts'

export const members: CliCommand = {
  usage: 'members',
  summary: 'the sites on the roster and how it judges them now',
  examples: ['members'],
  load: async () => import('./handler.ts')
}

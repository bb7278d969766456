import type { CliCommand } from '../../command.ts'

export const members: CliCommand = {
  usage: 'members',
  summary: 'the sites on the roster: how it judges them now, until when, and who admitted them',
  examples: ['members'],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const invitesRefuse: CliCommand = {
  usage: 'invites refuse <ticket>',
  summary: 'refuse the site that presented a ticket made with --approve',
  examples: ['invites refuse north', 'invites refuse 3f0a9c12'],
  arguments: { ticket: 'the site that it is for, or the beginning of its id' },
  load: async () => import('./handler.ts')
}

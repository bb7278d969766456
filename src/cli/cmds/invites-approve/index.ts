import type { CliCommand } from '../../command.ts'

export const invitesApprove: CliCommand = {
  usage: 'invites approve <ticket>',
  summary: 'admit the site that presented a ticket made with --approve',
  examples: ['invites approve north', 'invites approve 3f0a9c12'],
  arguments: { ticket: 'the site that it is for, or the beginning of its id' },
  load: async () => import('./handler.ts')
}

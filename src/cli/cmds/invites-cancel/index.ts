import type { CliCommand } from '../../command.ts'

export const invitesCancel: CliCommand = {
  usage: 'invites cancel <ticket>',
  summary: 'make a ticket worthless that was not used yet',
  examples: ['invites cancel north', 'invites cancel 3f0a9c12'],
  arguments: { ticket: 'the site that it is for, or the beginning of its id' },
  load: async () => import('./handler.ts')
}

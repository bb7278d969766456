import type { CliCommand } from '../../command.ts'

export const invitesList: CliCommand = {
  usage: 'invites list',
  summary: 'tickets that were made here, and who waits for approval',
  examples: ['invites list'],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const rosterRotateAuthority: CliCommand = {
  usage: 'roster rotate-authority',
  summary: 'replace the authority key by a new one (only where it is)',
  examples: ['roster rotate-authority'],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const revoke: CliCommand = {
  usage: 'revoke <site>',
  summary: 'take a site off the network (only where the authority key is)',
  examples: ['revoke north.study.example --reason "laptop was stolen"'],
  arguments: { site: 'site id, or its name without the network' },
  options: [{ flags: '--reason <text>', description: 'why; every member reads it' }],
  load: async () => import('./handler.ts')
}

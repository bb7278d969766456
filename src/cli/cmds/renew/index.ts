import type { CliCommand } from '../../command.ts'

export const renew: CliCommand = {
  usage: 'renew <site>',
  summary: 'let a member stay for another year (only where the authority key is)',
  examples: ['renew north.study.example'],
  arguments: { site: 'site id, or its name without the network' },
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const demo: CliCommand = {
  usage: 'demo',
  summary: 'three sites that each hold their own data answer one question together',
  examples: ['demo', 'demo --keep'],
  options: [{ flags: '--keep', description: 'leave it running and print curl lines to try' }],
  load: async () => import('./handler.ts')
}

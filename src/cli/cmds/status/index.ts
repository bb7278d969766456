import type { CliCommand } from '../../command.ts'

export const status: CliCommand = {
  usage: 'status',
  summary: 'how the daemon is: who it is, what is up, what waits',
  examples: ['status', 'status --json --dir /var/lib/beam-node'],
  load: async () => import('./handler.ts')
}

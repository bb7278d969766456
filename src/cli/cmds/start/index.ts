import type { CliCommand } from '../../command.ts'

export const start: CliCommand = {
  usage: 'start',
  summary: 'run the daemon of a data directory until SIGTERM',
  examples: ['start', 'start --dir /var/lib/beam-node --api-port 9000'],
  configFlags: true,
  load: async () => import('./handler.ts')
}

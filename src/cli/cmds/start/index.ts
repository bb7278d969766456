import type { CliCommand } from '../../command.ts'

export const start: CliCommand = {
  usage: 'start',
  summary: 'run the daemon of a data directory until SIGTERM',
  examples: ['start', 'start --dir /var/lib/beam-node --api-port 9000'],
  options: [{ flags: '--end-with-parent', description: 'drain when the process that started it ends (its IPC channel closes)' }],
  configFlags: true,
  load: async () => import('./handler.ts')
}

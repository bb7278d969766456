import type { CliCommand } from '../../command.ts'

export const stop: CliCommand = {
  usage: 'stop',
  summary: 'drain the daemon and wait until it has ended',
  examples: ['stop'],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const peers: CliCommand = {
  usage: 'peers',
  summary: 'links to other sites: path, address, round trip, bytes',
  examples: ['peers'],
  load: async () => import('./handler.ts')
}

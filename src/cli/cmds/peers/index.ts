import type { CliCommand } from '../../command.ts'

export const peers: CliCommand = {
  usage: 'peers',
  summary: 'links to other sites: path, address, round trip, bytes, why not direct',
  options: [{ flags: '--history', description: 'the last changes of each path instead' }],
  examples: ['peers', 'peers --history'],
  load: async () => import('./handler.ts')
}

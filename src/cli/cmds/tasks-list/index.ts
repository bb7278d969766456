import type { CliCommand } from '../../command.ts'

export const tasksList: CliCommand = {
  usage: 'tasks list',
  summary: 'the newest tasks known at this site and where they stand',
  examples: ['tasks list', 'tasks list --limit 5'],
  options: [{ flags: '--limit <number>', description: 'at most this many (default: 20)' }],
  load: async () => import('./handler.ts')
}

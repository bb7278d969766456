import type { CliCommand } from '../../command.ts'

export const outboxList: CliCommand = {
  usage: 'outbox list',
  summary: 'what waits for other sites, oldest first: since when, why, next try',
  examples: ['outbox list', 'outbox list --site north'],
  options: [
    { flags: '--site <site>', description: 'only for this site: its id, or its name without the network' },
    { flags: '--limit <number>', description: 'at most this many (default: 100)' }
  ],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const tasksList: CliCommand = {
  usage: 'tasks list',
  summary: 'the newest tasks known at this site and where they stand',
  examples: ['tasks list', 'tasks list --state queued --older-than 1h', 'tasks list --app analysis --limit 5'],
  options: [
    { flags: '--state <state>', description: 'only with a recipient that stands so: queued, delivered, claimed, answered, expired, refused, parked, cancelling or cancelled' },
    { flags: '--app <app>', description: 'only what this app created or is a recipient of: its id, or its name when it is of this site' },
    { flags: '--older-than <duration>', description: 'only what was created so long ago or longer, such as 90s, 5m or 1d' },
    { flags: '--limit <number>', description: 'at most this many (default: 20)' }
  ],
  load: async () => import('./handler.ts')
}

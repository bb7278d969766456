import type { CliCommand } from '../../command.ts'

export const restore: CliCommand = {
  usage: 'restore <file>',
  summary: 'make a data directory of a backup, in place of what was lost',
  examples: ['restore north-2025-06-01.beam', 'restore north.beam --force --dir /var/lib/beam-node'],
  arguments: { file: 'a backup of the same site' },
  options: [
    { flags: '--force', description: 'move aside what is in the data directory' },
    { flags: '--alone', description: 'there is no other member whose roster could be newer: the authority key may sign at once' }
  ],
  load: async () => import('./handler.ts')
}

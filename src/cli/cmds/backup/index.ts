import type { CliCommand } from '../../command.ts'

export const backup: CliCommand = {
  usage: 'backup <file>',
  summary: 'write database, keys and configuration to one file, also while the daemon runs',
  examples: ['backup /media/stick/north-2025-06-01.beam', 'backup north.beam --dir /var/lib/beam-node'],
  arguments: { file: 'the backup; it holds the private keys of this site, and is never overwritten' },
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const rosterRecover: CliCommand = {
  usage: 'roster recover',
  summary: 'give the network a new authority key, with the recovery key',
  examples: ['roster recover --recovery-key study.example-recovery.key', 'roster recover --recovery-key FILE --ancestor 17'],
  options: [
    { flags: '--recovery-key <file>', description: 'the file that "init" wrote', required: true },
    { flags: '--ancestor <entry>', description: 'last roster entry that stays (default: the one before a fork, else the last)' }
  ],
  load: async () => import('./handler.ts')
}

import type { CliCommand } from '../../command.ts'

export const appRotateKey: CliCommand = {
  usage: 'app rotate-key <name>',
  summary: 'replace the key of a local app; the old one ends at once',
  examples: ['app rotate-key analysis'],
  arguments: { name: 'first part of the app id' },
  options: [{ flags: '--key-file <path>', description: 'use the key in this file ("-" for stdin) instead of a generated one' }],
  load: async () => import('./handler.ts')
}

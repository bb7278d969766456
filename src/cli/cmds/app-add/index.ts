import type { CliCommand } from '../../command.ts'

export const appAdd: CliCommand = {
  usage: 'app add <name>',
  summary: 'make a key for a local app and show it this once',
  examples: ['app add analysis', 'app add analysis --key-file ./analysis.key'],
  arguments: { name: 'first part of the app id' },
  options: [{ flags: '--key-file <path>', description: 'use the key in this file ("-" for stdin) instead of a generated one' }],
  load: async () => import('./handler.ts')
}

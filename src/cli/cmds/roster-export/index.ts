import type { CliCommand } from '../../command.ts'

export const rosterExport: CliCommand = {
  usage: 'roster export <file>',
  summary: 'write the roster to a file that can be verified by itself',
  examples: ['roster export study.roster'],
  arguments: { file: 'a new file' },
  load: async () => import('./handler.ts')
}

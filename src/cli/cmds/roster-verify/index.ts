import type { CliCommand } from '../../command.ts'

export const rosterVerify: CliCommand = {
  usage: 'roster verify <file>',
  summary: 'judge an exported roster by itself, without a daemon or a data directory',
  examples: ['roster verify study.roster'],
  arguments: { file: 'as "roster export" wrote it' },
  load: async () => import('./handler.ts')
}

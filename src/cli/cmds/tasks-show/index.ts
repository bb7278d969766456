import type { CliCommand } from '../../command.ts'

export const tasksShow: CliCommand = {
  usage: 'tasks show <id>',
  summary: 'where one task stands with each recipient',
  examples: ['tasks show 70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'],
  arguments: { id: 'task id' },
  load: async () => import('./handler.ts')
}

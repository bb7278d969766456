import type { CliCommand } from '../../command.ts'

export const tasksCancel: CliCommand = {
  usage: 'tasks cancel <id>',
  summary: 'take back a task that an app of this site created',
  examples: ['tasks cancel 70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'],
  arguments: { id: 'task id' },
  load: async () => import('./handler.ts')
}

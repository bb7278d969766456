import { daemon } from '../../operator.ts'
import { table, time } from '../../table.ts'
import { readOptions } from './options.ts'
import type { TaskView } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const tasks = await daemon(input).listTasks(readOptions(input))

  io.result(tasks, tasks.length === 0
    ? 'no tasks'
    : table(['TASK', 'FROM', 'CREATED', 'EXPIRES', 'RECIPIENTS'], tasks.map(task => [task.id, task.from, time(task.created), time(task.expires), states(task)])))

  return 0
}

/** `2 answered, 1 queued` */
function states ({ deliveries, to }: TaskView): string {
  const counts = new Map<string, number>()

  for (const { state } of deliveries) {
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }

  return counts.size === 0 ? String(to.length) : [...counts].map(([state, count]) => `${count} ${state}`).join(', ')
}

import { siteOf } from '../../../core/ids.ts'
import { daemon } from '../../operator.ts'
import { bytes, facts, table, time } from '../../table.ts'
import type { TaskView } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const operator = daemon(input)
  const [tasks, { network }] = await Promise.all([operator.showTask({ id: input.args[0] }), operator.id()])

  io.result(tasks, tasks.map(task => text(task, network)).join('\n\n'))

  return 0
}

function text (task: TaskView, network: string): string {
  const head = facts([
    ['task', task.id],
    ['from', task.from],
    ['created', time(task.created)],
    ['expires', time(task.expires)],
    ['body', bytes(task.size)]
  ])
  const rows = task.deliveries.map(delivery => [
    delivery.to,
    delivery.status == null ? delivery.state : `${delivery.state} (${delivery.status})`,
    time(delivery.since),
    time(delivery.delivered),
    delivery.reason ?? [task.notes?.[siteOf(delivery.to, network)], delivery.mailed == null ? undefined : `kept by ${delivery.mailed.join(' and ')}`].filter(text => text != null).join('; ')
  ])

  return `${head}\n\n${table(['RECIPIENT', 'STATE', 'SINCE', 'DELIVERED', 'NOTE'], rows)}`
}

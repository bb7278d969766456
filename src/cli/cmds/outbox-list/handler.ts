import { daemon } from '../../operator.ts'
import { bytes, table, time } from '../../table.ts'
import { readOptions } from './options.ts'
import type { WaitingView } from '../../../tasks/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const waiting = await daemon(input).outbox(readOptions(input))

  io.result(waiting, waiting.length === 0 ? 'nothing waits for other sites' : table(['SITE', 'WHAT', 'TASK', 'SIZE', 'SINCE', 'UNTIL', 'STATE', 'NEXT TRY', 'WHY'], waiting.map(row)))

  return 0
}

function row ({ site, kind, app, task, size, since, expires, state, nextTry, note, mailed }: WaitingView): Array<string | undefined> {
  return [site, app == null ? kind : `${kind} of ${app}`, task.id, bytes(size), time(since), time(expires), state, nextTry == null ? whenever(state) : time(nextTry), [...note == null ? [] : [note], ...mailed == null ? [] : [`kept by ${mailed.join(' and ')}`]].join('; ')]
}

/** Without a date: what it waits for */
function whenever (state: WaitingView['state']): string {
  return state === 'parked' ? 'when it is a member' : 'with the link'
}

import { anyOperator } from '../../operator.ts'
import { table, time } from '../../table.ts'
import type { Handler } from '../../command.ts'

/** Digits of an id that people need: `invites cancel` takes a beginning */
const SHOWN = 12

export const handler: Handler = async (input, io) => {
  const invites = await anyOperator(input, async operator => operator.listInvites())

  io.result(invites, invites.length === 0
    ? 'no ticket was made here'
    : table(['ID', 'SITE', 'STATE', 'UNTIL', 'FINGERPRINT'], invites.map(({ id, site, state, expires, fingerprint = '' }) => [id.slice(0, SHOWN), site, state, time(expires), fingerprint])))

  return 0
}

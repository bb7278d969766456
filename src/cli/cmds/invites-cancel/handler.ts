import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const invite = await anyOperator(input, async operator => operator.decideInvite({ invite: input.args[0], decision: 'cancel' }))

  io.result(invite, `the ticket for ${invite.site} is cancelled: it admits nobody`)

  return 0
}

import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const invite = await anyOperator(input, async operator => operator.decideInvite({ invite: input.args[0], decision: 'refuse' }))

  io.result(invite, `the ticket for ${invite.site} is refused: make a new one for who was meant`)

  return 0
}

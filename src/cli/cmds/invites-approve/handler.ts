import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const invite = await anyOperator(input, async operator => operator.decideInvite({ invite: input.args[0], decision: 'approve' }))

  io.result(invite, `the ticket for ${invite.site} is approved for the key ${invite.fingerprint ?? 'none'}: the site is admitted when it asks again`)

  return 0
}

import { anyOperator } from '../../operator.ts'
import { time } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const renewed = await anyOperator(input, async operator => operator.renew({ site: input.args[0] }))

  io.result(renewed, `${renewed.site} is a member until ${time(renewed.until)}, roster entry ${renewed.roster.seq}`)

  return 0
}

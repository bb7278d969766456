import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const outcome = await anyOperator(input, async operator => operator.removeApp({ name: input.args[0] }))

  io.result(outcome, `removed ${outcome.removed}`)

  return 0
}

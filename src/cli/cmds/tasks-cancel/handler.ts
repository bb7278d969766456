import { daemon } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const cancelled = await daemon(input).cancelTask({ id: input.args[0] })

  io.result(cancelled, cancelled.before
    ? `${cancelled.id} was cancelled before`
    : `cancelled ${cancelled.id}; sites that are off are told when they are back`)

  return 0
}

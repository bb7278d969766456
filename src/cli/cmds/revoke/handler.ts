import { daemon } from '../../operator.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const revoked = await daemon(input).revoke(readOptions(input))

  io.result(revoked, `revoked ${revoked.site}, roster entry ${revoked.roster.seq}`)

  return 0
}

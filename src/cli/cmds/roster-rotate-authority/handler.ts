import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const rotated = await anyOperator(input, async operator => operator.rotateAuthority())

  io.result(rotated, `the authority key is a new one: ${rotated.authority}, roster entry ${rotated.roster.seq}`)
  io.note('members follow it by themselves; copies of the old key, in backups too, sign nothing any more')
  io.note('relays accept passes of the new key alone: who cannot dial this site directly needs a new ticket, if the one he has was made before')

  return 0
}

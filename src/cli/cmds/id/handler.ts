import { anyOperator } from '../../operator.ts'
import { facts } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const view = await anyOperator(input, async operator => operator.id())

  io.result(view, facts([
    ['id', view.id],
    ['network', view.network],
    ['fingerprint', view.fingerprint],
    ['signing key', view.signingKey],
    ['authority', view.authority ? 'yes: invites and revokes' : 'no']
  ]))

  return 0
}

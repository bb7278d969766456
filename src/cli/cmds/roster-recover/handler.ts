import { anyOperator } from '../../operator.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = await readOptions(input)
  const recovered = await anyOperator(input, async operator => operator.recover(options))
  const { ancestor, superseded, lost, roster, restart } = recovered

  io.result(recovered, `recovered after entry ${ancestor}: ${superseded} later ones do not count any more, entry ${roster.seq} names a new authority key, which is here`)

  if (lost.length > 0) {
    io.note(`not members any more, invite them again: ${lost.join(' ')}`)
  }

  if (restart) {
    io.note('restart the daemon of this site: from then on it admits and revokes')
  }

  return 0
}

import { anyOperator } from '../../operator.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const backup = await anyOperator(input, async operator => operator.backup(options))

  io.result(backup, `wrote ${backup.file}: ${backup.parts} parts of ${backup.site}, ${backup.bytes} bytes, read back and compared`)
  io.note('It holds the private keys of this site: whoever has it can be this site. Keep it as you keep the keys.')

  return 0
}

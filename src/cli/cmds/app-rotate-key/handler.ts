import { readAppOptions } from '../../key-file.ts'
import { anyOperator } from '../../operator.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = await readAppOptions(input)
  const { id, key } = await anyOperator(input, async operator => operator.rotateApp(options))

  if (options.key == null) {
    io.note(`the key of ${id} is shown this once:`)
    io.result({ id, key }, key)
  } else {
    io.result({ id }, `${id} has the key of --key-file`)
  }

  return 0
}

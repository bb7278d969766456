import { completionScript, SHELLS } from '../../completion.ts'
import { choiceOption } from '../../input.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const shell = choiceOption(input.args[0], 'shell', [...SHELLS]) ?? 'bash'
  // from the same declarations that parse a command line
  const script = completionScript(shell, input.completables())

  io.result({ shell, script }, script)

  return 0
}

import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const { runDemo } = await import('../../../demo/run-demo.ts')

  return runDemo(readOptions(input, io.json))
}

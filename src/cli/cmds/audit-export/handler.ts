import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { anyOperator } from '../../operator.ts'
import { auditLines } from './lines.ts'
import type { LocalOperator } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const file = resolve(input.args[0])
  const lines = await anyOperator(input, async operator => write(operator, file))

  io.result({ file, lines }, `wrote ${file}: ${lines} lines; check it with: beam-node audit verify --file ${file}`)

  return 0
}

/** Whole or not at all: a file that was cut says so when it is verified, but none is better */
async function write (operator: LocalOperator, file: string): Promise<number> {
  const lines = auditLines(operator, true)
  // whoever does not answer leaves no empty file behind
  const first = await lines.next()
  const out = await open(file, 'wx', 0o600)
  let count = 0

  try {
    for (let line = first; line.done !== true; line = await lines.next()) {
      await out.appendFile(`${line.value}\n`)
      count++
    }

    await out.sync()
  } catch (err) {
    await rm(file, { force: true })
    throw err
  } finally {
    await out.close()
  }

  return count
}

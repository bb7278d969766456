import { readFile } from 'node:fs/promises'
import { InvalidInputError } from '../../../core/errors.ts'
import { quote } from '../../../core/ids.ts'
import { textOption } from '../../input.ts'
import type { CommandInput } from '../../command.ts'

export async function readOptions ({ options }: CommandInput): Promise<{ recoveryKey: string, ancestor?: number }> {
  const file = textOption(options, 'recoveryKey') ?? ''
  const ancestor = textOption(options, 'ancestor')

  if (ancestor != null && !/^[1-9]\d{0,14}$/.test(ancestor)) {
    throw new InvalidInputError('--ancestor', `must be the number of a roster entry, not ${quote(ancestor)}`)
  }

  return { recoveryKey: await read(file), ...(ancestor == null ? {} : { ancestor: Number(ancestor) }) }
}

async function read (file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new InvalidInputError('--recovery-key', `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

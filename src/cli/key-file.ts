import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { InvalidInputError } from '../core/errors.ts'
import { textOption } from './input.ts'
import type { CommandInput } from './command.ts'

/**
 * A name and perhaps a chosen key. A key is never an argument of a command: other
 * users of the machine could read it in the list of processes.
 */
export async function readAppOptions ({ args, options }: CommandInput): Promise<{ name: string, key?: string }> {
  const path = textOption({ 'key-file': options.keyFile }, 'key-file')

  if (path == null) {
    return { name: args[0] }
  }

  const key = (path === '-' ? await text(process.stdin) : await read(path)).trim()

  if (key === '' || /\s/.test(key)) {
    throw new InvalidInputError('--key-file', 'must hold one key without spaces')
  }

  return { name: args[0], key }
}

async function read (path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (err) {
    throw new InvalidInputError('--key-file', `cannot be read: ${(err as Error).message}`)
  }
}

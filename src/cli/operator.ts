import { dataDir } from '../config/load-config.ts'
import { controlClient, NotRunningError } from '../control/client.ts'
import { withOffline } from '../control/offline.ts'
import type { CommandInput } from './command.ts'
import type { LocalOperator, Operator } from '../control/index.ts'

/** The daemon that runs on the data directory; its operations throw NotRunningError when there is none */
export function daemon (input: CommandInput): Operator {
  return controlClient(dataDir(input.dir, input.env).dir)
}

/** By the running daemon, or without one by the data directory itself, under its lock */
export async function anyOperator<T> (input: CommandInput, work: (operator: LocalOperator) => Promise<T>): Promise<T> {
  try {
    return await work(daemon(input))
  } catch (err) {
    if (err instanceof NotRunningError) {
      return withOffline(dataDir(input.dir, input.env).dir, work)
    }

    throw err
  }
}

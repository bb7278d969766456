import { setTimeout as sleep } from 'node:timers/promises'
import { dataDir } from '../config/load-config.ts'
import { controlClient, NotRunningError } from '../control/client.ts'
import { LockedError } from '../control/lock.ts'
import { withOffline } from '../control/offline.ts'
import type { CommandInput } from './command.ts'
import type { LocalOperator, Operator } from '../control/index.ts'

/** The daemon that runs on the data directory; its operations throw NotRunningError when there is none */
export function daemon (input: CommandInput): Operator {
  return controlClient(dataDir(input.dir, input.env).dir)
}

/** A daemon that is just starting has the lock and no socket yet: asked again for this long, ms */
const PATIENCE = 2_000

const STEP = 100

/** By the running daemon, or without one by the data directory itself, under its lock */
export async function anyOperator<T> (input: CommandInput, work: (operator: LocalOperator) => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE

  for (;;) {
    try {
      return await eitherWay(input, work)
    } catch (err) {
      if (!(err instanceof LockedError) || performance.now() > end) {
        throw err
      }
    }

    await sleep(STEP)
  }
}

async function eitherWay<T> (input: CommandInput, work: (operator: LocalOperator) => Promise<T>): Promise<T> {
  try {
    return await work(daemon(input))
  } catch (err) {
    if (err instanceof NotRunningError) {
      return withOffline(dataDir(input.dir, input.env).dir, work)
    }

    throw err
  }
}

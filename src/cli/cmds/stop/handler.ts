import { setTimeout as sleep } from 'node:timers/promises'
import { dataDir } from '../../../config/load-config.ts'
import { NotRunningError } from '../../../control/client.ts'
import { UnavailableError } from '../../../core/errors.ts'
import { daemon } from '../../operator.ts'
import type { Operator } from '../../../control/index.ts'
import type { Handler } from '../../command.ts'

/** A daemon drains within 10 s; a little more for a slow machine, ms */
const PATIENCE = 15_000

const STEP = 50

export const handler: Handler = async (input, io) => {
  const operator = daemon(input)
  const { pid } = await operator.stop()

  io.note(`process ${pid} drains …`)
  await ended(operator, pid)
  io.result({ stopped: true, pid }, `stopped ${dataDir(input.dir, input.env).dir} (process ${pid})`)

  return 0
}

async function ended (operator: Operator, pid: number): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += STEP) {
    if (!await answers(operator) && !alive(pid)) {
      return
    }

    await sleep(STEP)
  }

  throw new UnavailableError(`process ${pid} has not ended within ${PATIENCE / 1_000} s; look at its log, or end it with: kill -KILL ${pid}`)
}

async function answers (operator: Operator): Promise<boolean> {
  try {
    await operator.id()
    return true
  } catch (err) {
    if (err instanceof NotRunningError) {
      return false
    }

    // it closes its socket while we ask
    return false
  }
}

function alive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // no such process, or one of another user that took its number
    return false
  }
}

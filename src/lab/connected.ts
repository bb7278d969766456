import { setTimeout as sleep } from 'node:timers/promises'
import { UnavailableError } from '../core/errors.ts'
import type { LabDaemon } from './lab-daemon.ts'

/** ms */
const STEP = 100

/** Resolves when each site says that it has a link to every other one, and is ready */
export async function allConnected (daemons: LabDaemon[], timeout: number, signal?: AbortSignal): Promise<void> {
  const started = performance.now()
  let waiting = daemons

  while (waiting.length > 0) {
    signal?.throwIfAborted()
    const states = await Promise.all(waiting.map(async daemon => ({ daemon, missing: await missing(daemon, daemons) })))
    const unready = states.filter(({ missing }) => missing.length > 0)

    if (unready.length > 0 && performance.now() - started > timeout) {
      throw new UnavailableError(`not connected within ${timeout / 1_000} s: ${unready.map(({ daemon, missing }) => `${daemon.id} lacks ${missing.join(', ')}`).join('; ')}`)
    }

    waiting = unready.map(({ daemon }) => daemon)

    if (waiting.length > 0) {
      await sleep(STEP)
    }
  }
}

async function missing (daemon: LabDaemon, daemons: LabDaemon[]): Promise<string[]> {
  const { peers, ready, reasons } = await daemon.operator.status()
  const sites = daemons.map(({ id }) => id).filter(id => id !== daemon.id && !peers.up.includes(id))

  return sites.length > 0 || ready ? sites : reasons
}

import { setTimeout as sleep } from 'node:timers/promises'
import { startLab } from '../../../src/lab/start-lab.ts'
import { rssOf } from '../cpu.ts'

/** A daemon that was started is left alone so long before its memory is looked at, ms. @default 8_000 */
export const IDLE = 8_000

export interface StartAndIdle {
  /** From the start of the process until it says that it serves, ms, by round */
  ready: number[]
  /** MB of resident memory of a daemon with nothing to do, by round; NaN where there is no /proc */
  idle: number[]
}

/** One site, stopped and started again */
export async function startAndIdle (rounds: number, bin: string, alone: number = IDLE): Promise<StartAndIdle> {
  const lab = await startLab({ network: 'start', bin, sites: [{ name: 'site1', apiPort: 0 }] })

  try {
    const figures: StartAndIdle = { ready: [], idle: [] }
    const [{ id }] = lab.sites

    for (let round = 0; round < rounds; round++) {
      await lab.kill(id, 'SIGTERM')
      const begun = performance.now()
      const { pid } = await lab.restart(id)
      figures.ready.push(performance.now() - begun)
      await sleep(alone)
      figures.idle.push(rssOf(pid) ?? Number.NaN)
    }

    return figures
  } finally {
    await lab.stop()
  }
}

import { endingAdmission } from './own-standing.ts'
import type { Upkeep, Roster } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'

/** How often is looked whether something is due, ms. @default 1 h */
export const UPKEEP_INTERVAL = 3_600_000

/**
 * Admissions are renewed for the first time so long after the start, ms: by then the
 * links are up, and other members can say whether this roster is behind
 */
export const FIRST_LOOK = 60_000

export interface UpkeepComponents {
  upkeep: Upkeep
  roster: Pick<Roster, 'member' | 'standing'>
  self: SiteId
  clock: Clock
  log: Log
}

export interface UpkeepTimer {
  /** Keys are looked at at once, all of it after a minute and then every hour; what fails is tried again with the next look */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Keys are rotated and admissions renewed for as long as the daemon runs */
export function createUpkeep ({ upkeep, roster, self, clock, log }: UpkeepComponents): UpkeepTimer {
  let timer: Timer | undefined
  let running = Promise.resolve()
  let stopped = true

  async function keys (): Promise<void> {
    await attempt('encryption keys could not be rotated', async () => upkeep.rotateKeys())
  }

  async function look (): Promise<void> {
    await keys()
    await attempt('admissions could not be renewed', async () => upkeep.renewMembers())
    warn()
  }

  async function attempt (failure: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (err) {
      log.warn({ err }, failure)
    }
  }

  function warn (): void {
    const ending = endingAdmission(roster, self, clock.now())

    if (ending != null) {
      log[ending.level]({ days: ending.days }, ending.text)
    }
  }

  function next (pause: number = UPKEEP_INTERVAL): void {
    if (!stopped) {
      timer = clock.setTimeout(() => {
        running = look().finally(() => { next() })
      }, pause)
    }
  }

  return {
    async start () {
      stopped = false
      running = keys().then(warn).finally(() => { next(FIRST_LOOK) })

      return running
    },

    async stop () {
      stopped = true
      timer?.cancel()

      return running
    }
  }
}

import type { Upkeep, Roster } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'

/** How often is looked whether something is due, ms. @default 1 h */
export const UPKEEP_INTERVAL = 3_600_000

/** With so much left of the own admission the log says so at each look, ms: 30 days, and 7 */
export const WARN_WITHIN = 30 * 86_400_000
export const ALARM_WITHIN = 7 * 86_400_000

export interface UpkeepComponents {
  upkeep: Upkeep
  roster: Pick<Roster, 'member' | 'standing'>
  self: SiteId
  clock: Clock
  log: Log
}

export interface UpkeepTimer {
  /** Looks at once, then every hour; one that fails is tried again with the next */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Keys are rotated and admissions renewed for as long as the daemon runs */
export function createUpkeep ({ upkeep, roster, self, clock, log }: UpkeepComponents): UpkeepTimer {
  let timer: Timer | undefined
  let running = Promise.resolve()
  let stopped = true

  async function look (): Promise<void> {
    await attempt('encryption keys could not be rotated', async () => upkeep.rotateKeys())
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
    const left = (roster.member(self)?.notAfter ?? 0) - clock.now()

    if (roster.standing(self) === 'member' && left < WARN_WITHIN) {
      const days = Math.max(0, Math.floor(left / 86_400_000))
      const text = `the admission of this site ends in ${days} days: the authority renews it by itself when it is there; else its operator runs: beam-node renew ${self}`

      if (left < ALARM_WITHIN) {
        log.error({ days }, text)
      } else {
        log.warn({ days }, text)
      }
    }
  }

  function next (): void {
    if (!stopped) {
      timer = clock.setTimeout(() => {
        running = look().finally(next)
      }, UPKEEP_INTERVAL)
    }
  }

  return {
    async start () {
      stopped = false
      running = look().finally(next)

      return running
    },

    async stop () {
      stopped = true
      timer?.cancel()

      return running
    }
  }
}

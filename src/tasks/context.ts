import type { Committed } from './delivery/at-hand.ts'
import type { OpenLimits } from './open-limits.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { EventBus } from '../events/index.ts'
import type { Roster } from '../membership/index.ts'
import type { Store, TaskKey } from '../store/index.ts'

/** What the capabilities of this room share */
export interface TasksContext {
  self: SiteId
  network: string
  roster: Pick<Roster, 'standing' | 'member'>
  store: Store
  events: EventBus
  config: Pick<Config, 'tasks' | 'api'>
  clock: Clock
  random: Random
  log: Log
  guard: Guard
  couriers: Kicks
  leases: { expect(at: number | undefined): void }
  /** Open tasks of each app */
  limits: OpenLimits
}

/** Whether this daemon accepts anything now */
export interface Guard {
  /** Why nothing is accepted, for people; undefined when all is well */
  paused(): string | undefined
  /** @throws {UnavailableError} */
  check(): void
}

/** Whoever delivers: told that something waits for a site, asked why it still does */
export interface Kicks {
  /** `content`: what was committed just now, so that it need not be read again */
  kick(site: SiteId, content?: Committed): void
  note(site: SiteId, task: TaskKey): string | undefined
  /** ms until it tries again, when that is known */
  nextTry(site: SiteId, task: TaskKey): number | undefined
}

/**
 * What may be wrong with a site, looked for by its operator's command: with the running
 * daemon's help, or on a data directory at rest. Each finding says what was looked
 * at, what was found, and how to mend it. Nothing is changed, but for a file that is
 * written, measured and removed.
 */
import type { LoadedConfig } from '../config/index.ts'
import type { Layout } from '../config/layout.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { RelayedView } from '../network/index.ts'
import type { ProxyView } from '../network/proxy/index.ts'
import type { WaitingView } from '../tasks/index.ts'

/**
 * ok: as it should be; notice: worth knowing; warning: works, but will or may fail;
 * error: something does not work now
 */
export type Level = 'ok' | 'notice' | 'warning' | 'error'

export const LEVELS: Level[] = ['ok', 'notice', 'warning', 'error']

export interface Finding {
  /** What was looked at, such as `free space` */
  check: string
  level: Level
  /** A sentence or a part of one */
  found: string
  /** What to do about it */
  mend?: string
}

/** An envelope that waits for another site, and why */
export type Letter = WaitingView

/** A task that a recipient refused for good */
export interface Refused {
  task: string
  to: string
  reason?: string
  /** Unix ms */
  since: number
}

/** What is known of the site, from its daemon or from its store at rest */
export interface SiteFacts {
  self: SiteId
  standing: string
  /** End of the admission, Unix ms */
  until?: number
  /** Why revoked */
  reason?: string
  roster: { seq: number, forked: boolean, halted?: string }
  members: Array<{ site: SiteId, standing: string, addresses: string[] }>
  /** The envelope that waits for longest */
  oldest?: { site: SiteId, since: number, note?: string }
  waiting: Array<{ site: SiteId, count: number, bytes: number }>
  /** The first of what waits, oldest first */
  letters?: Letter[]
  /** Lately; unknown while the daemon is down */
  refused?: Refused[]
  /** Latest instant that the clock has shown to this store, Unix ms; unknown while the daemon runs */
  mark?: number
}

export interface RunningFacts {
  pid: number
  api: string
  version: string
  /** Why it takes no work */
  reasons: string[]
  clockAlarms: string[]
  links: Array<{ site: SiteId, rtt?: number, clockOffset: number, path: string }>
  /** How it is reached through relays; unknown to a daemon of an older version */
  relays?: RelayedView
  /** What became of connections through its proxy */
  proxy?: ProxyView
}

export interface Patient {
  /** The one that this command runs on */
  node: { version: string, needed: string, fits: boolean }
  dir: string
  files: Layout
  clock: Pick<Clock, 'now' | 'monotonic'>
  /** Absent when the configuration cannot be read: `configError` says why */
  loaded?: LoadedConfig
  configError?: string
  /** Undefined when no daemon runs */
  running?: RunningFacts
  /** Its socket is there and it does not answer */
  silent?: string
  /** Undefined when neither the daemon nor the store could tell: `factsError` or `outdated` says why */
  facts?: SiteFacts
  factsError?: { code: string, message: string }
  /** The store is of an older version and was not opened */
  outdated?: string
}

export interface Check {
  /** As `check` of its findings */
  name: string
  run(patient: Patient): Promise<Array<Omit<Finding, 'check'>>>
}

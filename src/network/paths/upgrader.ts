import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Connection } from '@libp2p/interface'

export interface UpgradeTimes {
  /** After a link through a relay came up, and between the first attempts, ms; a tenth when it was the other who dialled. @default 10_000 */
  first: number
  /** Longest time between two attempts, ms. @default 600_000 */
  last: number
}

export const UPGRADE_TIMES: UpgradeTimes = { first: 10_000, last: 600_000 }

/** For one attempt, ms */
const ATTEMPT = 12_000

/** Attempts at a time */
const PARALLEL = 4

export interface UpgraderComponents {
  /** Sites that are linked through a relay now */
  relayed(): SiteId[]
  /** Whether the link was dialled here: then its addresses were tried with it */
  dialled(site: SiteId): boolean
  /** Direct addresses of the site, each with its peer id */
  addresses(site: SiteId): string[]
  direct(site: SiteId, addresses: string[], signal: AbortSignal): Promise<Connection>
  clock: Clock
  random: Random
  log: Log
}

interface Attempt {
  failures: number
  /** Monotonic ms */
  notBefore: number
  /** What was tried; other addresses are tried at once */
  addresses: string
  running: boolean
}

/** Tries a direct way to sites that are reached through a relay, ever more seldom */
export class Upgrader {
  readonly #components: UpgraderComponents
  readonly #times: UpgradeTimes
  readonly #attempts = new Map<SiteId, Attempt>()
  readonly #stopping = new AbortController()
  #timer: Timer | undefined
  #running = false

  constructor (components: UpgraderComponents, times: Partial<UpgradeTimes> = {}) {
    this.#components = components
    this.#times = { ...UPGRADE_TIMES, ...times }
  }

  start (): void {
    this.#running = true
    this.kick()
  }

  stop (): void {
    this.#running = false
    this.#timer?.cancel()
    this.#stopping.abort(new Error('the daemon stops'))
  }

  /** A link came up, or a site has news of its addresses */
  kick (): void {
    if (!this.#running) {
      return
    }

    const { relayed, clock } = this.#components
    const now = clock.monotonic()
    const sites = relayed()
    this.#timer?.cancel()
    this.#forget(sites)

    for (const site of sites) {
      this.#consider(site, now)
    }

    // a site without addresses has none to wait for: its record will tell
    const next = Math.min(...[...this.#attempts.values()].filter(({ running }) => !running).map(({ notBefore }) => notBefore), now + this.#times.last)
    this.#timer = clock.setTimeout(() => { this.kick() }, Math.max(next - now, this.#times.first / 10))
  }

  #forget (sites: SiteId[]): void {
    for (const [site, { running }] of this.#attempts) {
      if (!running && !sites.includes(site)) {
        this.#attempts.delete(site)
      }
    }
  }

  #consider (site: SiteId, now: number): void {
    const addresses = this.#components.addresses(site)
    const known = addresses.join()
    const before = this.#attempts.get(site)

    if (addresses.length === 0) {
      return
    }

    if (before == null) {
      const pause = this.#components.dialled(site) ? this.#pause(0) : this.#pause(0) / 10
      this.#attempts.set(site, { failures: 0, notBefore: now + pause, addresses: known, running: false })
      return
    }

    if (!before.running && before.addresses !== known) {
      before.failures = 0
      before.notBefore = Math.min(before.notBefore, now + this.#pause(0) / 10)
      before.addresses = known
    }

    const running = [...this.#attempts.values()].filter(attempt => attempt.running).length

    if (!before.running && before.notBefore <= now && running < PARALLEL) {
      void this.#attempt(site, before, addresses)
    }
  }

  async #attempt (site: SiteId, attempt: Attempt, addresses: string[]): Promise<void> {
    const { direct, clock, log } = this.#components
    attempt.running = true

    try {
      // who opened it goes on: roster sync, then a control stream that takes the other's place
      await direct(site, addresses, AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ATTEMPT)]))
      log.info({ site }, 'a direct way to a site was found')
    } catch (error) {
      log.debug({ site, error: error instanceof Error ? error.message : String(error) }, 'still no direct way to a site')
    } finally {
      attempt.running = false
      attempt.failures++
      attempt.notBefore = clock.monotonic() + this.#pause(attempt.failures)
      this.kick()
    }
  }

  /** Doubles, with a quarter of it left to chance */
  #pause (failures: number): number {
    const { first, last } = this.#times

    return Math.min(first * 2 ** Math.min(failures, 20), last) * (0.75 + 0.25 * this.#components.random.float())
  }
}

import { mayAnnounce } from '../membership/capabilities.ts'
import { MAX_LEASE, MAX_WORKERS } from './limits.ts'
import type { WorkerLease } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { Roster } from '../membership/index.ts'
import type { Store } from '../store/index.ts'

export interface LeasesComponents {
  self: SiteId
  roster: Pick<Roster, 'member' | 'standing'>
  store: Pick<Store, 'putWorker' | 'removeWorker' | 'listWorkers'>
  clock: Clock
}

/** What `roster` allows a site to announce now */
export function allows (roster: LeasesComponents['roster'], site: SiteId, capability: string): boolean {
  return roster.standing(site) === 'member' && mayAnnounce(roster.member(site)?.capabilities ?? [], capability)
}

/**
 * Leases of this site's apps. Those that an app asked for are on disk and outlive a
 * restart; those of the configuration live as long as the daemon.
 */
export class Leases {
  readonly #components: LeasesComponents
  readonly #onChange: () => void
  /** App to its lease; a declared app may also announce for itself */
  readonly #asked = new Map<AppId, WorkerLease>()
  readonly #declared: WorkerLease[] = []
  #timer?: Timer

  constructor (components: LeasesComponents, onChange: () => void) {
    this.#components = components
    this.#onChange = onChange
  }

  async load (): Promise<void> {
    const { store, clock } = this.#components

    for (const row of await store.listWorkers({ now: clock.now() })) {
      this.#asked.set(row.app, row)
    }

    this.#arm()
  }

  stop (): void {
    this.#timer?.cancel()
  }

  declare (app: AppId, capabilities: string[]): void {
    this.#declared.push({ app, capabilities, until: Infinity })
  }

  async put (lease: WorkerLease): Promise<void> {
    await this.#components.store.putWorker(lease)
    this.#asked.set(lease.app, lease)
    this.#changed()
  }

  async remove (app: AppId): Promise<boolean> {
    const was = await this.#components.store.removeWorker({ app })
    this.#asked.delete(app)
    this.#changed()

    return was
  }

  /** What is announced and allowed now, `capability` only when given */
  live (capability?: string): WorkerLease[] {
    const { clock, roster, self } = this.#components
    const now = clock.now()
    const leases = [...this.#declared, ...this.#asked.values()]
      .filter(({ until }) => until > now)
      .map((lease) => ({
        app: lease.app,
        // a declared one is renewed as long as the daemon runs
        until: Math.min(lease.until, now + MAX_LEASE),
        capabilities: lease.capabilities.filter((name) => allows(roster, self, name))
      }))
      .filter(({ capabilities }) => capability == null ? capabilities.length > 0 : capabilities.includes(capability))

    return merged(leases).slice(0, MAX_WORKERS)
  }

  capabilities (): Set<string> {
    return new Set(this.live().flatMap(({ capabilities }) => capabilities))
  }

  #changed (): void {
    this.#arm()
    this.#onChange()
  }

  /** Wakes when the next lease ends */
  #arm (): void {
    const { clock } = this.#components
    this.#timer?.cancel()
    const next = Math.min(...[...this.#asked.values()].map(({ until }) => until))

    if (next === Infinity) {
      return
    }

    this.#timer = clock.setTimeout(() => {
      for (const [app, { until }] of this.#asked) {
        if (until <= clock.now()) {
          this.#asked.delete(app)
        }
      }

      this.#changed()
    }, Math.max(next - clock.now(), 1))
  }
}

/** One entry an app: the later end counts for what both say */
function merged (leases: WorkerLease[]): WorkerLease[] {
  const byApp = new Map<AppId, WorkerLease>()

  for (const lease of leases) {
    const other = byApp.get(lease.app)
    byApp.set(lease.app, other == null
      ? lease
      : { app: lease.app, capabilities: [...new Set([...other.capabilities, ...lease.capabilities])], until: Math.max(other.until, lease.until) })
  }

  return [...byApp.values()]
}

import { MAX_OPEN_BYTES, MAX_OPEN_TASKS } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Store } from '../../store/index.ts'

/** How long a count is trusted, ms; what is added meanwhile is added to it */
const TRUSTED = 1_000

interface Usage { tasks: number, bytes: number, at: number }

export interface OpenLimitsComponents {
  store: Pick<Store, 'countOpen'>
  clock: Clock
  /** @default 100_000 */
  maxTasks?: number
  /** @default 16 GiB */
  maxBytes?: number
}

/** How much one site may have open here */
export class OpenLimits {
  readonly #components: OpenLimitsComponents
  readonly #usage = new Map<SiteId, Usage>()

  constructor (components: OpenLimitsComponents) {
    this.#components = components
  }

  /** Counts it when there is room */
  async admits (site: SiteId, bytes: number): Promise<boolean> {
    const { maxTasks = MAX_OPEN_TASKS, maxBytes = MAX_OPEN_BYTES } = this.#components
    const usage = await this.#read(site)

    if (usage.tasks + 1 > maxTasks || usage.bytes + bytes > maxBytes) {
      return false
    }

    usage.tasks++
    usage.bytes += bytes

    return true
  }

  async #read (site: SiteId): Promise<Usage> {
    const { store, clock } = this.#components
    const known = this.#usage.get(site)

    if (known != null && clock.monotonic() - known.at < TRUSTED) {
      return known
    }

    const counted = await store.countOpen({ creator: site, now: clock.now() })
    const usage = { ...counted, at: clock.monotonic() }
    this.#usage.set(site, usage)

    return usage
  }
}

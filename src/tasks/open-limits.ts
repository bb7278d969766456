import type { Clock } from '../core/clock.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { OpenCounts, Store } from '../store/index.ts'

/** How long a count is trusted, ms; what is added meanwhile is added to it */
const TRUSTED = 1_000

export interface OpenLimitsComponents {
  store: Pick<Store, 'countOpen'>
  clock: Clock
  /** Unexpired tasks */
  maxTasks: number
  /** Bytes of their bodies. @default no limit */
  maxBytes?: number
}

interface Usage {
  at: number
  counted: Promise<OpenCounts>
}

/** How much one site, or one app of it, may have open here */
export class OpenLimits {
  readonly #components: OpenLimitsComponents
  /** One entry for each site or app that ever had something, which are few */
  readonly #usage = new Map<string, Usage>()

  constructor (components: OpenLimitsComponents) {
    this.#components = components
  }

  /** Counts it when there is room */
  async admits (creator: SiteId, bytes: number, from?: AppId): Promise<boolean> {
    const { maxTasks, maxBytes = Infinity } = this.#components
    const usage = await this.#read(creator, from)

    if (usage.tasks + 1 > maxTasks || usage.bytes + bytes > maxBytes) {
      return false
    }

    usage.tasks++
    usage.bytes += bytes

    return true
  }

  /** Callers at the same time share one count, and add to it one after the other */
  async #read (creator: SiteId, from?: AppId): Promise<OpenCounts> {
    const { store, clock } = this.#components
    const key = from ?? creator
    let usage = this.#usage.get(key)

    if (usage == null || clock.monotonic() - usage.at >= TRUSTED) {
      usage = { at: clock.monotonic(), counted: store.countOpen({ creator, from, now: clock.now() }) }
      this.#usage.set(key, usage)
    }

    try {
      return await usage.counted
    } catch (err) {
      this.#usage.delete(key)
      throw err
    }
  }
}

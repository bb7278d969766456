import { createAccess } from '../../../src/access/create-access.ts'
import { syncVerify } from '../../../src/core/ed25519.ts'
import { silentLog } from '../../../src/core/log.ts'
import { createSeal } from '../../../src/envelope/seal.ts'
import { Sessions } from '../../../src/envelope/sessions.ts'
import { createEventBus } from '../../../src/events/create-bus.ts'
import { openCore } from '../../../src/store/core.ts'
import { inProcessStore } from '../../../src/store/in-process.ts'
import { createTasks } from '../../../src/tasks/create-tasks.ts'
import { createWorkers } from '../../../src/workers/create-workers.ts'
import { SimBackup } from './sim-backup.ts'
import { SiteClock } from './virtual-clock.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimMembership } from './sim-membership.ts'
import type { SimLinks, SimNetwork } from './sim-network.ts'
import type { Access } from '../../../src/access/index.ts'
import type { Config } from '../../../src/config/index.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { Log } from '../../../src/core/log.ts'
import type { Event, EventBus } from '../../../src/events/index.ts'
import type { ClockJudge } from '../../../src/network/clock-judge.ts'
import type { Directory } from '../../../src/network/index.ts'
import type { Store, StoreCore } from '../../../src/store/index.ts'
import type { RunningTasks } from '../../../src/tasks/create-tasks.ts'
import type { RunningWorkers } from '../../../src/workers/create-workers.ts'

interface Life { dead: boolean }

export interface SimSiteInit {
  site: SiteId
  network: SimNetwork
  membership: SimMembership
  random: SeededRandom
  skew?: number
  /** What other sites show of its clock. @default it is trusted */
  judge?: ClockJudge
  log?: Log
  access?: Access
  tasks?: Partial<Config['tasks']>
  workers?: Config['workers']
  directory?: Directory
  /** Stands between the site and its store: to watch, or to break something on purpose */
  wrap?(store: Store, site: SimSite): Store
  /** Every event, whatever its key */
  onEvent?(key: string, event: Event): void
}

export const TASKS: Config['tasks'] = { maxTtl: 2_592_000_000, retention: 300_000, maxOpenPerApp: 100_000, maxBody: 1_073_741_824, maxRecipients: 1_024 }
export const API: Config['api'] = { host: '127.0.0.1', port: 0, hosts: [], bodyLimit: 67_108_864, maxWait: 3_600_000, maxPolls: 2_000 }

export const DISK_FULL = 'database or disk is full'

/** Transitions that fail when the disk is full */
const WRITES = new Set(['createTask', 'receiveTask', 'putResult', 'answerTask', 'receiveResult', 'recordRefusal', 'settleDelivery', 'createBlob', 'appendBlob', 'beginInbound', 'appendInbound'])

/** A directory that knows nobody */
export const NO_DIRECTORY: Directory = {
  provide: async () => true,
  withdraw: async () => {},
  async * find () { /* nobody */ }
}

/** One daemon as far as tasks and workers go: everything but libp2p and HTTP is real */
export class SimSite {
  readonly site: SiteId
  core: StoreCore
  readonly init: SimSiteInit
  clock: SiteClock
  links!: SimLinks
  store!: Store
  events!: EventBus
  tasks!: RunningTasks
  workers!: RunningWorkers
  up = false
  /** The disk takes nothing: no transition of tasks is carried out */
  diskFull = false
  /** How often its store was restored from a backup */
  restores = 0
  /** A restored store takes a new incarnation. False breaks it on purpose */
  renews = true
  #life: Life = { dead: false }
  #down = Promise.withResolvers<never>()

  constructor (init: SimSiteInit) {
    this.site = init.site
    this.init = init
    this.core = openCore({ path: ':memory:' })
    this.clock = new SiteClock(init.network.clock, init.skew)
    this.#down.promise.catch(() => { /* only those who race it care */ })
  }

  async start (): Promise<void> {
    const { network, membership, random, log = silentLog } = this.init
    const own = membership.of(this.site)
    this.clock = new SiteClock(network.clock, this.clock.skew)
    this.#down = Promise.withResolvers<never>()
    this.#down.promise.catch(() => { /* only those who race it care */ })
    this.#life = { dead: false }
    this.store = this.#mortal(inProcessStore(this.core), this.#life)
    this.store = this.init.wrap?.(this.store, this) ?? this.store
    this.events = this.#watched(createEventBus())
    this.links = network.attach(this.site, this.clock, this.core.incarnation)
    const shared = { membership: own, store: this.store, links: this.links, clock: this.clock, random, log }
    this.tasks = createTasks({
      ...shared,
      seal: createSeal({ signer: own.signer, sessions: new Sessions({ clock: this.clock, random }) }),
      events: this.events,
      access: this.init.access ?? createAccess(),
      config: { tasks: { ...TASKS, ...this.init.tasks }, api: API },
      verify: syncVerify,
      judge: this.init.judge
    })
    this.workers = createWorkers({ ...shared, directory: this.init.directory ?? NO_DIRECTORY, access: createAccess(), config: { workers: this.init.workers ?? [] } })
    await this.tasks.start()
    await this.workers.start()
    this.up = true
  }

  /** SIGKILL: what is committed stays, everything else is gone, nothing more is done */
  kill (): void {
    this.up = false
    this.#life.dead = true
    this.clock.die()
    this.init.network.detach(this.site)
    this.#down.reject(new Error(`${this.site} was killed`))
  }

  /** As `beam-node backup` does, while the daemon runs */
  async backup (): Promise<SimBackup> {
    return SimBackup.of(this.core, this.clock.now())
  }

  /** As `beam-node restore` does, while no daemon runs; `start` comes after it */
  restore (backup: SimBackup): void {
    this.restores++
    this.core.close()
    this.core = backup.open((core) => {
      if (this.renews) {
        core.takeNewLife({ now: this.clock.now(), compareRoster: false })
      }
    })
  }

  async stop (): Promise<void> {
    this.up = false
    this.events.drain()
    await this.workers.stop()
    await this.tasks.stop()
    this.clock.die()
    this.init.network.detach(this.site)
  }

  /** A call of an app: it fails when the daemon dies before the answer */
  async call<T> (fn: (tasks: RunningTasks) => Promise<T>): Promise<T> {
    return Promise.race([fn(this.tasks), this.#down.promise])
  }

  /** After death no operation is carried out and none is answered */
  #mortal (store: Store, life: Life): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const value = Reflect.get(target, name)

        if (typeof value !== 'function') {
          return value
        }

        return async (input: unknown) => {
          if (this.diskFull && WRITES.has(String(name))) {
            throw new Error(DISK_FULL)
          }

          const answer = life.dead ? undefined : await value(input)

          return life.dead ? new Promise(() => {}) : answer
        }
      }
    })
  }

  #watched (bus: EventBus): EventBus {
    const emit = bus.emit.bind(bus)
    bus.emit = (key, event) => {
      this.init.onEvent?.(key, event)
      emit(key, event)
    }

    return bus
  }
}

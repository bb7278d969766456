import { createAccess } from './access/create-access.ts'
import { createApps } from './access/create-apps.ts'
import { createAudit } from './audit/create-audit.ts'
import { layout } from './config/layout.ts'
import { createBackup } from './control/backup/index.ts'
import { createControl } from './control/create-control.ts'
import { createOperator } from './control/create-operator.ts'
import { takeLock } from './control/lock.ts'
import { requireMember } from './control/offline.ts'
import { createReport } from './control/report.ts'
import { systemClock } from './core/clock.ts'
import { systemRandom } from './core/random.ts'
import { Teardown } from './core/teardown.ts'
import { createSeal } from './envelope/seal.ts'
import { Sessions } from './envelope/sessions.ts'
import { createAppEvents } from './events/app-events.ts'
import { createEventBus } from './events/create-bus.ts'
import { createApi } from './http/create-api.ts'
import { createMailbox } from './mailbox/create-mailbox.ts'
import { ownMailboxes } from './mailbox/keepers.ts'
import { loadMembership } from './membership/load.ts'
import { watchOwnStanding } from './membership/own-watch.ts'
import { createUpkeep } from './membership/upkeep.ts'
import { createMetrics } from './metrics/create-metrics.ts'
import { clockJudge } from './network/clock-judge.ts'
import { createNetwork } from './network/create-network.ts'
import { openStore } from './store/open.ts'
import { troubleOf } from './store/trouble.ts'
import { createTasks } from './tasks/create-tasks.ts'
import { version } from './version.ts'
import { createWorkers } from './workers/create-workers.ts'
import type { LoadedConfig } from './config/index.ts'
import type { Clock } from './core/clock.ts'
import type { SiteId } from './core/ids.ts'
import type { Log } from './core/log.ts'
import type { Random } from './core/random.ts'
import type { StoreTrouble } from './store/trouble.ts'

export interface NodeInit {
  loaded: LoadedConfig
  log: Log
  /** An operator asked over the control socket; whoever owns the process calls stop() */
  onStopRequest?(): void
  /** @default systemClock */
  clock?: Clock
  /** @default systemRandom */
  random?: Random
}

export interface NodeFacts {
  id: SiteId
  /** URL of the API */
  api: string
  reachable: boolean
  addresses: string[]
  dir: string
  pid: number
}

export interface BeamNode {
  /** Resolves when apps can be served; on failure nothing is left running */
  start(): Promise<NodeFacts>
  /** Drains: no new work, held polls answered, commits finished, links closed */
  stop(): Promise<void>
}

/** Kept free on the disk, so that what frees room can work when it is full, bytes. @default 16 MiB */
const RESERVE = 16_777_216

/** Draining takes at most this long, ms */
const DRAIN = 9_000

/** One daemon: everything it is made of, in the order in which it starts */
export function createNode (init: NodeInit): BeamNode {
  const teardown = new Teardown(init.log)

  return {
    start: async () => {
      try {
        return await start(init, teardown)
      } catch (err) {
        await teardown.run(DRAIN)
        throw err
      }
    },
    stop: async () => teardown.run(DRAIN)
  }
}

async function start ({ loaded, log, clock = systemClock, random = systemRandom, onStopRequest = () => {} }: NodeInit, teardown: Teardown): Promise<NodeFacts> {
  const { config, envApps } = loaded
  const files = layout(config.dir)

  requireMember(files)

  const lock = await takeLock(files)
  // a store that closes late may still write
  teardown.add('lock', () => { lock.release() }, { guards: true })

  const metrics = config.metrics.enabled === 'yes' ? createMetrics({ version: version(), file: files.store, clock, maxSites: config.metrics.maxSites }) : undefined
  const store = await openStore({ path: files.store, log, observer: metrics?.observer, reserve: RESERVE })
  const trouble = (): StoreTrouble | undefined => troubleOf(store)
  teardown.add('store', async () => store.close())

  const membership = await loadMembership({ dir: config.dir, store, clock, random, log })
  const { self, signer } = membership

  const audit = createAudit({ store, membership, config, clock, log })
  teardown.add('audit', async () => audit.stop())
  audit.start()

  const access = createAccess()
  const apps = await createApps({ store, self, envApps, clock, random, log })
  const events = createEventBus()
  const appEvents = createAppEvents({ store, events })
  const network = await createNetwork({ membership, store, config, mailboxes: ownMailboxes(config.mailbox, membership), clock, random, log })
  const { links, directory } = network

  const tasks = createTasks({ membership, store, links, seal: createSeal({ signer, sessions: new Sessions({ clock, random }) }), events, access, config, clock, random, log, judge: clockJudge({ links, clock }) })
  membership.authority?.checkClockBy?.(() => tasks.paused())
  const mailbox = createMailbox({ membership, store, links, streams: network.mail, post: tasks.post, config, clock, random, log })
  const workers = createWorkers({ membership, store, links, directory, access, config, clock, random, log })

  const served: { url?: string } = {}
  const report = createReport({ membership, network, store, events, clock, version: version(), paused: () => tasks.paused(), trouble, mail: async () => mailbox.figures(), api: () => served.url })
  const status = (): { ready: boolean, reasons: string[] } => ({ ready: report.reasons().length === 0, reasons: report.reasons() })

  const api = await createApi({ tasks, appEvents, bodies: tasks.bodies, workers, apps, access, membership, network, events, config, clock, log, status, broken: () => trouble()?.needsRestart === true ? trouble()?.message : undefined, metrics })
  metrics?.watch({ membership, network, store, refusals: () => tasks.refusals(), mail: async () => mailbox.figures(), waiters: () => events.size, paused: () => tasks.paused(), trouble, ready: () => report.reasons().length === 0 })
  const operator = createOperator({ audit, membership, apps, backup: createBackup({ dir: config.dir, store, membership, clock, log }), network, tasks, status: report.status, stop: onStopRequest })
  const control = createControl({ files, operator, access, log: log.child({ component: 'control' }) })

  teardown.add('standing', watchOwnStanding({ roster: membership.roster, self, clock, log }))

  teardown.add('network', async () => network.stop())
  await network.start()

  teardown.add('tasks', async () => tasks.stop())
  await tasks.start()

  teardown.add('mailbox', async () => mailbox.stop())
  await mailbox.start()

  teardown.add('workers', async () => workers.stop())
  await workers.start()

  const upkeep = createUpkeep({ upkeep: membership.upkeep, roster: membership.roster, self, clock, log })
  teardown.add('upkeep', async () => upkeep.stop())
  await upkeep.start()

  teardown.add('control', async () => control.close())
  await control.listen()

  teardown.add('api', async () => api.close())
  const { url } = await api.listen()
  served.url = url

  // first of all: no new work, and held polls answer with what they have
  teardown.add('polls', () => { events.drain() })
  log.info({ id: self, api: url, addresses: network.addresses() }, 'ready')

  return { id: self, api: url, reachable: network.reachable(), addresses: network.addresses(), dir: config.dir, pid: process.pid }
}

import { verifyEd25519 } from '../core/ed25519.ts'
import { createVerificationBudget } from '../envelope/budget.ts'
import { createCheck } from '../envelope/check.ts'
import { answer } from './answer.ts'
import { createBodies } from './bodies/create-bodies.ts'
import { cancel } from './cancel.ts'
import { create } from './create.ts'
import { deliveries, show } from './deliveries.ts'
import { Couriers } from './delivery/couriers.ts'
import { MAX_OPEN_BYTES, MAX_OPEN_TASKS } from './delivery/limits.ts'
import { prepare } from './delivery/prepare.ts'
import { Receiver } from './delivery/receiver.ts'
import { Expiry } from './expiry.ts'
import { get } from './get.ts'
import { Leases } from './leases.ts'
import { list } from './list.ts'
import { OpenLimits } from './open-limits.ts'
import { recent, waiting } from './operator.ts'
import { pageResults, pageTasks } from './page.ts'
import { results } from './results.ts'
import { SteadyClock } from './steady-clock.ts'
import { watch } from './watch.ts'
import type { Bodies } from './bodies/index.ts'
import type { Verdict } from './delivery/accept.ts'
import type { Prepared } from './delivery/prepare.ts'
import type { Tasks, WaitingView } from './index.ts'
import type { Access } from '../access/index.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Verify } from '../core/identity.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Check, EnvelopeComponents, Seal } from '../envelope/index.ts'
import type { EventBus } from '../events/index.ts'
import type { Membership } from '../membership/index.ts'
import type { ClockJudge } from '../network/clock-judge.ts'
import type { BulkChannel, Links } from '../network/index.ts'
import type { OutboxItem, Store } from '../store/index.ts'

export interface TasksComponents {
  membership: Membership
  store: Store
  links: Links
  seal: Seal
  events: EventBus
  access: Access
  config: Pick<Config, 'tasks' | 'api'>
  clock: Clock
  random: Random
  log: Log
  /** Ed25519. @default node:crypto's thread pool */
  verify?: Verify
  /** What other sites show of the clock of this machine. @default it is trusted */
  judge?: ClockJudge
}

export interface RunningTasks extends Tasks {
  /** Resumes whatever the store says was not finished */
  start(): Promise<void>
  /** Takes nothing new, finishes what is being stored */
  stop(): Promise<void>
  /** Why nothing is accepted now, for people; undefined when all is well */
  paused(): string | undefined
  /** For the operator: envelopes that wait for other sites, oldest first */
  waiting(limit: number, site?: SiteId): Promise<WaitingView[]>
  /** The operator says that the clock of this machine is right now; what it showed before, and what it shows, Unix ms */
  acceptClock(): Promise<{ was: number, now: number }>
  /** Envelopes and receipts that were not accepted, by reason */
  refusals(): Record<string, number>
  readonly bodies: Bodies
  /** For mail that rests at other members on its way */
  readonly post: {
    readonly check: Check
    /** Seals what the outbox holds */
    prepare(item: OutboxItem): Promise<Prepared>
    /** As if `via` had brought it */
    small(via: SiteId, bytes: Uint8Array): Promise<Verdict | 'unopenable' | undefined>
    bulk(via: SiteId, channel: BulkChannel): Promise<void>
  }
}

export function createTasks (components: TasksComponents): RunningTasks {
  const { membership, store, events, config, random, links, seal, access } = components
  const log = components.log.child({ component: 'tasks' })
  const guard = new SteadyClock({ ...components, wrongClock: () => components.judge?.wrong(), log })
  const { self, roster } = membership
  const network = roster.network
  const verify = components.verify ?? verifyEd25519
  const shared = { self, network, store, clock: guard, random, log }
  const envelopes: EnvelopeComponents = {
    network,
    self,
    verify,
    signingKey: (site) => roster.standing(site) === 'member' ? roster.member(site)?.signingKey : undefined,
    privateKey: (id) => membership.privateKey(id),
    budget: createVerificationBudget()
  }
  const delivery = { ...shared, membership, links, seal, verify }
  const couriers = new Couriers(delivery, envelopes)
  const receiver = new Receiver(
    { ...delivery, events, access, guard, maxBody: config.tasks.maxBody, limits: new OpenLimits({ store, clock: guard, maxTasks: MAX_OPEN_TASKS, maxBytes: MAX_OPEN_BYTES }) },
    { envelopes, settle: couriers.settle }
  )
  const expiry = new Expiry({ store, events, clock: guard, log, retention: config.tasks.retention, doubtful: () => components.judge?.trusted() === false })
  const limits = new OpenLimits({ store, clock: guard, maxTasks: config.tasks.maxOpenPerApp })
  const leases = new Leases({ ...shared, events, couriers })
  const context = { ...shared, leases, roster, events, config, guard, couriers, limits }

  return {
    create: async (task) => create(context, task),
    list: async (app, filter, wait) => list(context, app, filter, wait),
    get: async (app, id, wait) => get(context, app, id, wait),
    answer: async (result) => answer(context, result),
    cancel: async (by, id) => cancel(context, by, id),
    pageTasks: async (app, asked) => pageTasks(context, app, asked),
    pageResults: async (app, id, asked) => pageResults(context, app, id, asked),
    results: async (app, id, wait, bodies) => results(context, app, id, wait, bodies),
    watch: async (app, id, after, wait) => watch(context, app, id, after, wait),
    deliveries: async (app, id) => deliveries(context, app, id),
    recent: async (limit, filter) => recent(context, limit, filter),
    waiting: async (limit, site) => waiting(context, limit, site),
    acceptClock: async () => guard.accept(),
    show: async (id) => show(context, id),

    async start () {
      await guard.start()
      receiver.start()
      expiry.start()
      await leases.start()
      await couriers.start()
    },

    async stop () {
      guard.stop()
      await Promise.all([expiry.stop(), leases.stop(), receiver.stop(), couriers.stop()])
    },

    paused: () => guard.paused(),
    bodies: createBodies(context),
    post: {
      check: createCheck(envelopes),
      prepare: async (item) => prepare(delivery, item),
      small: async (via, bytes) => receiver.small(via, bytes),
      bulk: async (via, channel) => receiver.bulk(via, channel)
    },
    refusals: () => Object.fromEntries(receiver.refusals.counts)
  }
}

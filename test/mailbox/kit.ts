import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { createAccess } from '../../src/access/create-access.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createSeal } from '../../src/envelope/seal.ts'
import { Sessions } from '../../src/envelope/sessions.ts'
import { createEventBus } from '../../src/events/create-bus.ts'
import { createMailbox } from '../../src/mailbox/create-mailbox.ts'
import { ownMailboxes } from '../../src/mailbox/keepers.ts'
import { loadMembership } from '../../src/membership/load.ts'
import { createNetwork } from '../../src/network/create-network.ts'
import { createTasks } from '../../src/tasks/create-tasks.ts'
import { listening, TestNetwork } from '../network/helpers/sites.ts'
import { API, TASKS } from '../simulation/kit/sim-site.ts'
import type { Config } from '../../src/config/index.ts'
import type { SiteId } from '../../src/core/ids.ts'
import type { Mailbox } from '../../src/mailbox/index.ts'
import type { LoadedMembership } from '../../src/membership/index.ts'
import type { Libp2pNetwork } from '../../src/network/create-network.ts'
import type { BulkChannel } from '../../src/network/index.ts'
import type { Store } from '../../src/store/index.ts'
import type { RunningTasks } from '../../src/tasks/create-tasks.ts'
import type { NewTask, ResultView, TaskView } from '../../src/tasks/index.ts'
import type { TestSite } from '../network/helpers/sites.ts'
import type { AddressInfo } from 'node:net'

/** Scaled down: what waits a third of a second is left at keepers */
export const MAILBOX: Config['mailbox'] = {
  enabled: 'no',
  keepers: [],
  after: 300,
  keep: 3_600_000,
  maxMail: 67_108_864,
  maxBytes: 268_435_456,
  maxEnvelopes: 1_000,
  maxBytesPerSender: 134_217_728,
  maxEnvelopesPerSender: 500,
  maxBytesPerRecipient: 134_217_728,
  maxEnvelopesPerRecipient: 500
}

const NEVER = new AbortController().signal

export interface DaemonInit {
  mailbox?: Partial<Config['mailbox']>
  /** Stands between the daemon and its store */
  wrap?(store: Store): Store
  /** Serves mail in place of the daemon's own keeper */
  serve?(site: SiteId, channel: BulkChannel, daemon: Daemon): Promise<void>
}

/** A whole daemon except HTTP, over real libp2p; its directory and store outlive it */
export class Daemon {
  readonly site: TestSite
  init: DaemonInit
  membership!: LoadedMembership
  network!: Libp2pNetwork
  tasks!: RunningTasks
  mailbox!: Mailbox
  up = false
  /** The same after a restart, as on a real machine */
  readonly #port = freePort()

  constructor (site: TestSite, init: DaemonInit) {
    this.site = site
    this.init = init
  }

  get id (): SiteId {
    return this.site.id
  }

  async start (): Promise<void> {
    const common = { store: this.init.wrap?.(this.site.store) ?? this.site.store, clock: systemClock, random: systemRandom, log: silentLog }
    const mailbox = { ...MAILBOX, ...this.init.mailbox }
    this.membership = await loadMembership({ dir: this.site.dir, ...common })
    const { membership } = this
    this.network = await createNetwork({ membership, config: listening({ listen: [`/ip4/127.0.0.1/tcp/${await this.#port}`] }), mailboxes: ownMailboxes(mailbox, membership), ...common })
    const { links, mail: streams } = this.network
    this.tasks = createTasks({
      ...common,
      membership,
      links,
      seal: createSeal({ signer: membership.signer, sessions: new Sessions(common) }),
      events: createEventBus(),
      access: createAccess(),
      config: { tasks: TASKS, api: API }
    })
    this.mailbox = createMailbox({ ...common, membership, links, streams, post: this.tasks.post, config: { mailbox } })

    const { serve } = this.init

    if (serve != null) {
      streams.handleMail(async (site, channel) => serve(site, channel, this))
    }

    await this.network.start()
    await this.tasks.start()
    await this.mailbox.start()
    this.up = true
  }

  async stop (): Promise<void> {
    if (this.up) {
      this.up = false
      await this.mailbox.stop()
      await this.tasks.stop()
      await this.network.stop()
    }
  }

  /** A task of the app "asker" here for the app "worker" at each site */
  async ask (to: Daemon[], body: string = 'question', ttlMs: number = 600_000): Promise<NewTask> {
    const task: NewTask = { id: randomUUID(), from: `asker.${this.id}`, to: to.map(({ id }) => `worker.${id}`), body, ttl: `${ttlMs}ms`, ttlMs, failureStrategy: '"discard"', metadata: 'null' }
    const outcome = await this.tasks.create(task)

    if (outcome.kind !== 'created') {
      throw new Error(`the task was not created: ${outcome.kind}`)
    }

    return task
  }

  async todo (): Promise<TaskView[]> {
    return this.tasks.list(`worker.${this.id}`, { to: `worker.${this.id}`, todo: true } as never, { signal: NEVER })
  }

  async answer (task: NewTask, body: string = 'answer'): Promise<void> {
    const { kind } = await this.tasks.answer({ taskId: task.id, from: `worker.${this.id}`, to: [task.from], status: 'succeeded', metadata: 'null', body })

    if (kind !== 'created') {
      throw new Error(`the answer was not taken: ${kind}`)
    }
  }

  async results (task: NewTask): Promise<ResultView[]> {
    const outcome = await this.tasks.results(task.from, task.id, { signal: NEVER })

    return outcome.kind === 'found' ? outcome.results : []
  }
}

/** Daemons of one network; the first founds it */
export class Fleet {
  readonly #network: TestNetwork
  readonly daemons: Daemon[] = []

  private constructor (network: TestNetwork) {
    this.#network = network
  }

  static async of (inits: DaemonInit[]): Promise<{ fleet: Fleet, daemons: Daemon[] }> {
    const network = await TestNetwork.found()
    const fleet = new Fleet(network)

    try {
      for (let index = 1; index < inits.length; index++) {
        await network.join(`site${index}`)
      }

      // each hears of all others before it begins anew as a whole daemon
      await eventually(async () => network.sites.every(site => site.network.links.up().length === inits.length - 1 && site.membership.records.versions().length === inits.length), 'all know each other')

      // one after the other: each has another port then, and hears of the others' from who still runs
      for (let index = 0; index < inits.length; index++) {
        await network.sites[index].stop()
        const daemon = new Daemon(network.sites[index], inits[index])
        fleet.daemons.push(daemon)
        await daemon.start()
        const others = network.sites.filter((_, other) => other !== index)
        await eventually(async () => others.every((site, at) => {
          const other = fleet.daemons.find(({ site: known }) => known === site)?.membership ?? others[at].membership

          return other.records.get(daemon.id)?.sequence === daemon.membership.records.get(daemon.id)?.sequence
        }), `all know where ${daemon.id} is now`)
      }

      await fleet.linked()
    } catch (err) {
      await fleet.close()
      throw err
    }

    return { fleet, daemons: fleet.daemons }
  }

  /** Whoever runs has a link to each other, and their newest records */
  async linked (): Promise<void> {
    const running = this.daemons.filter(({ up }) => up)
    const know = (one: Daemon, other: Daemon): boolean => one === other || (one.network.links.isUp(other.id) &&
      one.membership.records.get(other.id)?.sequence === other.membership.records.get(other.id)?.sequence)

    await eventually(async () => running.every(one => running.every(other => know(one, other))), 'everybody is linked', 20_000)
  }

  async close (): Promise<void> {
    await Promise.all(this.daemons.map(async daemon => daemon.stop()))
    await this.#network.stop()
  }
}

export async function eventually (condition: () => Promise<boolean>, what: string, ms: number = 15_000): Promise<void> {
  const end = Date.now() + ms

  while (!await condition()) {
    if (Date.now() > end) {
      throw new Error(`timeout waiting until ${what}`)
    }

    await pause(25)
  }
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => { server.close(resolve) })

  return port
}

export async function pause (ms: number): Promise<void> {
  await new Promise(resolve => { setTimeout(resolve, ms) })
}

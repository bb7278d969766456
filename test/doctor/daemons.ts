import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load-config.ts'
import { controlClient } from '../../src/control/client.ts'
import { foundSite } from '../../src/control/found-site.ts'
import { joinSite } from '../../src/control/join-site.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createNode } from '../../src/node.ts'
import type { Operator } from '../../src/control/index.ts'
import type { ConfigFlags } from '../../src/control/write-config.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { BeamNode, NodeFacts } from '../../src/node.ts'

/** What a site is that others can dial, and one that only dials out */
export const LISTENING: ConfigFlags = { 'network.listen': ['/ip4/127.0.0.1/tcp/0'], 'network.reachable': 'yes', 'api.port': '0' }
export const DIALING: ConfigFlags = { 'network.listen': [], 'network.reachable': 'no', 'api.port': '0' }

export interface TestDaemon {
  readonly dir: string
  readonly operator: Operator
  readonly facts: NodeFacts
  start(): Promise<void>
  stop(): Promise<void>
}

export interface DaemonInit {
  config?: ConfigFlags
  /** @default systemClock */
  clock?: Clock
}

/** Whole daemons in this process: libp2p, store, control socket and API, founded and joined as real ones are */
export class TestDaemons {
  readonly root: string
  readonly #all: TestDaemon[] = []

  private constructor (root: string) {
    this.root = root
  }

  static async open (): Promise<TestDaemons> {
    return new TestDaemons(await mkdtemp(join(tmpdir(), 'beam-daemons-')))
  }

  async found ({ config = LISTENING, ...init }: DaemonInit = {}): Promise<TestDaemon> {
    const dir = join(this.root, 'hub')
    await foundSite({ dir, network: 'study.example', site: 'hub', recoveryFile: join(this.root, 'recovery.key'), config })

    return this.#add(dir, init)
  }

  /** Invited by the founder; running unless `start` is false */
  async join (site: string, { config = LISTENING, start = true, ...init }: DaemonInit & { start?: boolean } = {}): Promise<TestDaemon> {
    const dir = join(this.root, site)
    const { ticket } = await this.#all[0].operator.invite({ site, capabilities: ['*'] })
    await joinSite({ dir, ticket, config })

    return this.#add(dir, init, start)
  }

  async stop (): Promise<void> {
    await Promise.all(this.#all.map(async daemon => daemon.stop()))
    await rm(this.root, { recursive: true, force: true })
  }

  async #add (dir: string, { clock = systemClock }: DaemonInit, start = true): Promise<TestDaemon> {
    let node: BeamNode | undefined
    let facts: NodeFacts | undefined

    const daemon: TestDaemon = {
      dir,
      operator: controlClient(dir),
      get facts () {
        if (facts == null) {
          throw new Error(`the daemon on ${dir} was not started`)
        }

        return facts
      },
      start: async () => {
        node = createNode({ loaded: await loadConfig({ dir, env: {} }), log: silentLog, clock })
        facts = await node.start()
      },
      stop: async () => {
        await node?.stop()
        node = undefined
      }
    }

    this.#all.push(daemon)

    if (start) {
      await daemon.start()
    }

    return daemon
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load-config.ts'
import { controlClient } from '../../src/control/client.ts'
import { foundSite } from '../../src/control/found-site.ts'
import { joinSite } from '../../src/control/join-site.ts'
import { systemClock } from '../../src/core/clock.ts'
import { freePorts } from '../../src/lab/ports.ts'
import { createNode } from '../../src/node.ts'
import { createClient } from '../faults/client.ts'
import type { Operator } from '../../src/control/index.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import type { BeamNode } from '../../src/node.ts'
import type { Client } from '../faults/client.ts'

const KEY = 'secret-of-the-whole-sites'

/** The wall clock of one machine, set by a test; timers run as ever */
export class SetClock implements Clock {
  /** ms */
  shift = 0

  now (): number {
    return systemClock.now() + this.shift
  }

  monotonic (): number {
    return systemClock.monotonic()
  }

  setTimeout (fn: () => void, ms: number): ReturnType<Clock['setTimeout']> {
    return systemClock.setTimeout(fn, ms)
  }
}

/** A whole daemon in this process: all of it but the command line, with a clock of its own */
export class WholeSite {
  readonly id: string
  readonly clock: SetClock
  readonly operator: Operator
  /** Log lines of all its starts, warnings and errors */
  readonly lines: string[] = []
  readonly #dir: string
  #node: BeamNode | undefined
  #api = ''

  constructor (id: string, dir: string, clock: SetClock) {
    this.id = id
    this.clock = clock
    this.#dir = dir
    this.operator = controlClient(dir)
  }

  async start (): Promise<void> {
    const loaded = await loadConfig({ dir: this.#dir, env: { APP_ask_KEY: KEY, APP_work_KEY: KEY } })
    this.#node = createNode({ loaded, log: this.#log(), clock: this.clock })
    this.#api = (await this.#node.start()).api
  }

  async stop (): Promise<void> {
    await this.#node?.stop()
    this.#node = undefined
  }

  app (name: 'ask' | 'work'): Client {
    return createClient(this.#api, `${name}.${this.id}`, KEY)
  }

  /** What GET /v1/ready says */
  async ready (): Promise<string> {
    const response = await fetch(`${this.#api}/v1/ready`)

    return `${response.status} ${await response.text()}`
  }

  #log (): Log {
    const keep = (fields: object, text: string): void => { this.lines.push(`${text} ${JSON.stringify(fields)}`) }
    const log: Log = { debug: () => {}, info: () => {}, warn: keep, error: keep, child: () => log }

    return log
  }
}

/** A network of whole daemons: a hub that can be dialled, the others only dial out */
export class WholeNetwork {
  readonly sites: WholeSite[] = []
  readonly #dir: string

  private constructor (dir: string) {
    this.#dir = dir
  }

  /** `clock`: of the first site */
  static async found (clock: SetClock): Promise<WholeNetwork> {
    const network = new WholeNetwork(await mkdtemp(join(tmpdir(), 'beam-whole-')))
    // it must be found again after a restart
    const [port] = await freePorts(1)
    const dir = join(network.#dir, 'hub')
    await foundSite({ dir, network: 'study', site: 'hub', recoveryFile: join(network.#dir, 'r.key'), config: { 'network.listen': [`/ip4/127.0.0.1/tcp/${port}`], 'network.reachable': 'yes', 'api.port': '0' } })
    await network.#add('hub.study', dir, clock)

    return network
  }

  get hub (): WholeSite {
    return this.sites[0]
  }

  /** Joined and started */
  async join (name: string, clock: SetClock): Promise<WholeSite> {
    const dir = join(this.#dir, name)
    const { ticket } = await this.hub.operator.invite({ site: name, capabilities: ['*'] })
    await joinSite({ dir, ticket, config: { 'network.reachable': 'no', 'api.port': '0' } })

    return this.#add(`${name}.study`, dir, clock)
  }

  async #add (id: string, dir: string, clock: SetClock): Promise<WholeSite> {
    const site = new WholeSite(id, dir, clock)
    this.sites.push(site)
    await site.start()

    return site
  }

  async stop (): Promise<void> {
    await Promise.all(this.sites.map(async site => site.stop()))
    await rm(this.#dir, { recursive: true, force: true })
  }
}

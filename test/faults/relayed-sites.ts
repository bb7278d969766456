import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foundSite } from '../../src/control/found-site.ts'
import { joinSite } from '../../src/control/join-site.ts'
import { LabDaemon } from '../../src/lab/lab-daemon.ts'
import { freePorts } from '../../src/lab/ports.ts'
import { createClient } from './client.ts'
import { eventually } from './disk/kit.ts'
import type { Client } from './client.ts'
import type { LoadSite } from './load.ts'
import type { SiteId } from '../../src/core/ids.ts'

const NETWORK = 'failover'
const KEY = 'secret-of-the-failover-test'

/** Daemons that are made at a time: more would only wait for each other */
const AT_ONCE = 4

/** Longest wait for reservations and links, ms: a busy machine takes its time */
const PATIENCE = 60_000

type Config = Record<string, string | string[]>

/** A daemon as a process, and the apps of its site */
export class RelayedSite implements LoadSite {
  readonly #daemon: LabDaemon
  readonly #apps = new Map<string, Promise<Client>>()

  constructor (daemon: LabDaemon) {
    this.#daemon = daemon
  }

  get id (): SiteId {
    return this.#daemon.id
  }

  get daemon (): LabDaemon {
    return this.#daemon
  }

  async start (): Promise<void> {
    await this.#daemon.start()
  }

  async kill (): Promise<void> {
    await this.#daemon.kill('SIGKILL')
  }

  async client (name: string): Promise<Client> {
    const app = this.#apps.get(name) ?? this.#daemon.operator.addApp({ name, key: KEY }).then(({ id }) => createClient(this.#daemon.view().api, id, KEY))
    this.#apps.set(name, app)

    return app
  }
}

/**
 * ```
 *  hospital1 ──┐           ┌── relay1
 *  hospital2 ──┤ loopback  ├── relay2 (starts when it is told to)
 *  …         ──┘           └── hub: admits, and does not relay
 * ```
 */
export class RelayedSites {
  readonly hospitals: RelayedSite[] = []
  readonly relays: RelayedSite[] = []
  readonly #root: string
  readonly #bin?: string
  readonly #hub: RelayedSite

  private constructor (root: string, bin?: string) {
    this.#root = root
    this.#bin = bin
    this.#hub = this.#site('hub')
  }

  static async open ({ hospitals, bin }: { hospitals: number, bin?: string }): Promise<RelayedSites> {
    const root = await mkdtemp(join(tmpdir(), 'beam-failover-'))
    const sites = new RelayedSites(root, bin)

    try {
      await sites.#build(hospitals)
    } catch (error) {
      await sites.stop()
      throw error
    }

    return sites
  }

  async #build (hospitals: number): Promise<void> {
    const ports = await freePorts(hospitals + 6)
    const listening = (relay: 'yes' | 'no'): Config => ({ ...api(), 'network.listen': [`/ip4/127.0.0.1/tcp/${ports.pop()}`], 'network.reachable': 'yes', 'relay.enabled': relay })
    const api = (): Config => ({ 'api.port': String(ports.pop()) })

    await foundSite({ dir: this.#hub.daemon.dir, network: NETWORK, site: 'hub', recoveryFile: join(this.#root, 'recovery.key'), config: listening('no') })
    await this.#hub.start()

    for (const name of ['relay1', 'relay2']) {
      this.relays.push(await this.#join(name, listening('yes')))
    }

    await this.relays[0].start()
    const names = Array.from({ length: hospitals }, (_, index) => `hospital${index + 1}`)

    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let name = names.shift(); name != null; name = names.shift()) {
        const hospital = await this.#join(name, { ...api(), 'network.reachable': 'no' })
        this.hospitals.push(hospital)
        await hospital.start()
      }
    }))
    await this.reservedAt(this.relays[0])
  }

  /** Every hospital is reached through it */
  async reservedAt (relay: RelayedSite): Promise<void> {
    const { peerId } = await relay.daemon.operator.status()

    await Promise.all(this.hospitals.map(async ({ daemon, id }) => eventually(`${id} is reserved at ${relay.id}`, async () =>
      (await daemon.operator.status()).addresses.some(address => address.includes(`/p2p/${peerId}/p2p-circuit`)), PATIENCE)))
  }

  /** Those of these pairs whose link goes through it, as both ends see it */
  async carried (relay: RelayedSite, pairs: Array<[RelayedSite, RelayedSite]>): Promise<Array<[RelayedSite, RelayedSite]>> {
    const through = new Map(await Promise.all(this.hospitals.map(async ({ daemon, id }) =>
      [id, new Set((await daemon.operator.peers()).filter(({ via }) => via === relay.id).map(({ site }) => site))] as const)))

    return pairs.filter(([a, b]) => through.get(a.id)?.has(b.id) === true && through.get(b.id)?.has(a.id) === true)
  }

  /** By the word of the authority; resolves when every hospital has heard it */
  async revoke (relay: RelayedSite): Promise<void> {
    await this.#hub.daemon.operator.revoke({ site: relay.id })
  }

  async stop (): Promise<void> {
    await Promise.all([this.#hub, ...this.relays, ...this.hospitals].map(async ({ daemon }) => daemon.stop()))
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 })
  }

  async #join (name: string, config: Config): Promise<RelayedSite> {
    const site = this.#site(name)
    const { ticket } = await this.#hub.daemon.operator.invite({ site: name, capabilities: ['*'] })
    await joinSite({ dir: site.daemon.dir, ticket, config })

    return site
  }

  #site (name: string): RelayedSite {
    return new RelayedSite(new LabDaemon({ id: `${name}.${NETWORK}`, dir: join(this.#root, name), bin: this.#bin, onEvent: () => {} }))
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { foundNetwork } from '../../../src/membership/found.ts'
import { completeJoin, prepareJoin } from '../../../src/membership/join/index.ts'
import { loadMembership } from '../../../src/membership/load.ts'
import { createNetwork } from '../../../src/network/create-network.ts'
import { enroll } from '../../../src/network/enroll-client.ts'
import { createOutbound } from '../../../src/network/proxy/create-outbound.ts'
import { openCore } from '../../../src/store/core.ts'
import { inProcessStore } from '../../../src/store/in-process.ts'
import type { Config } from '../../../src/config/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { SiteId } from '../../../src/core/ids.ts'
import type { LoadedMembership } from '../../../src/membership/index.ts'
import type { Libp2pNetwork, NetworkInit } from '../../../src/network/create-network.ts'
import type { Store } from '../../../src/store/index.ts'

export type NetworkConfig = Pick<Config, 'network' | 'relay' | 'dht'>

/** The defaults, with room for a test's few sites */
export const relayLimits: Omit<Config['relay'], 'enabled'> = {
  maxReservations: 256,
  maxCircuits: 512,
  maxCircuitsPerSite: 64,
  maxRate: 134_217_728,
  maxRatePerSite: 67_108_864,
  maxMemory: 671_088_640,
  maxMemoryPerSite: 134_217_728,
  maxCircuitBytes: 0
}

/** A daemon on loopback that says it can be reached */
export function listening (network: Partial<Config['network']> = {}): NetworkConfig {
  return {
    network: { listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], reachable: 'yes', maxLinks: 64, ...network },
    relay: { ...relayLimits, enabled: 'auto' },
    dht: { mode: 'auto' }
  }
}

/** A daemon that only dials out */
export function dialing (): NetworkConfig {
  return listening({ listen: [], reachable: 'no' })
}

export interface SiteInit {
  /** @default systemClock */
  clock?: Clock
  config?: NetworkConfig
  init?: NetworkInit
}

/** One site: its directory and store outlive its daemon, as they would in a restart */
export class TestSite {
  readonly dir: string
  readonly store: Store
  membership!: LoadedMembership
  network!: Libp2pNetwork
  config: NetworkConfig
  init: NetworkInit
  running = false
  readonly #clock: Clock

  constructor (dir: string, store: Store, { config = listening(), init = {}, clock = systemClock }: SiteInit) {
    this.#clock = clock
    this.dir = dir
    this.store = store
    this.config = config
    this.init = init
  }

  get id (): SiteId {
    return this.membership.self
  }

  async start (): Promise<void> {
    const common = { store: this.store, clock: this.#clock, random: systemRandom, log: silentLog }
    this.membership = await loadMembership({ dir: this.dir, ...common })
    this.network = await createNetwork({ membership: this.membership, config: this.config, ...common }, this.init)
    await this.network.start()
    this.running = true
  }

  async stop (): Promise<void> {
    if (this.running) {
      this.running = false
      await this.network.stop()
    }
  }
}

/** Sites of one network in this process, founded and joined as real ones are */
export class TestNetwork {
  readonly sites: TestSite[] = []
  readonly #dir: string
  readonly #spare: Store[] = []

  private constructor (dir: string) {
    this.#dir = dir
  }

  /** With a founder that is running */
  static async found (init: SiteInit = {}): Promise<TestNetwork> {
    const network = new TestNetwork(await mkdtemp(join(tmpdir(), 'beam-network-')))
    const site = network.#site('founder', init)

    try {
      await network.#found(site)
    } catch (error) {
      await network.stop()
      throw error
    }

    return network
  }

  async #found (site: TestSite): Promise<void> {
    await foundNetwork({
      dir: site.dir,
      store: site.store,
      network: 'test.example',
      site: 'founder',
      recoveryFile: join(this.#dir, 'recovery.key'),
      clock: systemClock,
      random: systemRandom
    })
    await site.start()
  }

  get founder (): TestSite {
    return this.sites[0]
  }

  async invite (name: string): Promise<string> {
    const { membership, network } = this.founder
    const { ticket } = await membership.authority!.invite({ site: name, capabilities: ['*'], addresses: network.addresses(), peer: network.peerId })

    return ticket
  }

  /** For a site that is not run; in memory */
  spareStore (): Store {
    const store = inProcessStore(openCore({ path: ':memory:' }))
    this.#spare.push(store)

    return store
  }

  /** A further site, joined over the wire and running */
  async join (name: string, init: SiteInit = {}): Promise<TestSite> {
    const site = this.#site(name, init)
    const prepared = await prepareJoin({ dir: site.dir, ticket: await this.invite(name), clock: systemClock, random: systemRandom })
    const answers = await enroll({ ticket: prepared.ticket, request: prepared.request, peerKey: prepared.peerKey, outbound: createOutbound({ config: site.config, clock: systemClock, log: silentLog }) })
    await completeJoin({ dir: site.dir, store: site.store, prepared, answers, clock: systemClock, log: silentLog })
    await site.start()

    return site
  }

  async stop (): Promise<void> {
    await Promise.all(this.sites.map(async site => site.stop()))
    await Promise.all([...this.sites.map(({ store }) => store), ...this.#spare].map(async store => store.close()))
    await rm(this.#dir, { recursive: true, force: true })
  }

  #site (name: string, init: SiteInit): TestSite {
    const site = new TestSite(join(this.#dir, name), inProcessStore(openCore({ path: ':memory:' })), init)
    this.sites.push(site)

    return site
  }
}

export async function until (condition: () => boolean, what: string, ms: number = 10_000): Promise<void> {
  const end = Date.now() + ms

  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`timeout waiting until ${what}`)
    }

    await new Promise(resolve => { setTimeout(resolve, 5) })
  }
}

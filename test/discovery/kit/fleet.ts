import { createAccess } from '../../../src/access/create-access.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { createWorkers } from '../../../src/workers/create-workers.ts'
import { dialing, listening, TestNetwork, until } from '../../network/helpers/sites.ts'
import type { RunningWorkers } from '../../../src/workers/create-workers.ts'
import type { NetworkConfig, TestSite } from '../../network/helpers/sites.ts'

/** A site of a fleet: real libp2p, real directory, workers over both */
export interface FleetSite {
  site: TestSite
  workers: RunningWorkers
}

export interface FleetInit {
  /** Members that others can dial: DHT servers and relays, the founder included */
  servers: number
  /** Members that only dial out */
  clients: number
  /** Links that a site keeps without a reason. @default 64 */
  maxLinks?: number
  /** Told after each site that joined */
  onProgress?(joined: number, of: number): void
}

/** Sites of one network in this process, each with workers: what a daemon has below its API for finding others */
export class Fleet {
  readonly servers: FleetSite[] = []
  readonly clients: FleetSite[] = []
  readonly network: TestNetwork

  private constructor (network: TestNetwork) {
    this.network = network
  }

  static async start ({ servers, clients, maxLinks = 64, onProgress = () => {} }: FleetInit): Promise<Fleet> {
    const config = (base: NetworkConfig): NetworkConfig => ({ ...base, network: { ...base.network, maxLinks } })
    const fleet = new Fleet(await TestNetwork.found({ config: config(listening()) }))

    try {
      fleet.servers.push(await withWorkers(fleet.network.founder))

      for (let i = 1; i < servers; i++) {
        fleet.servers.push(await withWorkers(await fleet.network.join(`server${i}`, { config: config(listening()) })))
        onProgress(i + 1, servers + clients)
      }

      for (let i = 0; i < clients; i++) {
        fleet.clients.push(await withWorkers(await fleet.network.join(`client${i}`, { config: config(dialing()) })))
        onProgress(servers + i + 1, servers + clients)
      }

      await until(() => fleet.all.every(({ site }) => site === fleet.network.founder || site.network.links.up().length > 0), 'every site has a link', 30_000)
    } catch (error) {
      await fleet.stop()
      throw error
    }

    return fleet
  }

  get all (): FleetSite[] {
    return [...this.servers, ...this.clients]
  }

  async stop (): Promise<void> {
    await Promise.all(this.all.map(async ({ workers }) => workers.stop()))
    await this.network.stop()
  }
}

/** Also for a site that was started again */
export async function withWorkers (site: TestSite): Promise<FleetSite> {
  const { membership, store, network } = site
  const workers = createWorkers({ membership, store, links: network.links, directory: network.directory, access: createAccess(), config: { workers: [] }, clock: systemClock, random: systemRandom, log: silentLog })
  await workers.start()

  return { site, workers }
}

/** Sites whose apps were found for a capability */
export async function serving ({ workers }: FleetSite, capability: string, ms: number = 10_000): Promise<string[]> {
  const found = await workers.find(capability, AbortSignal.timeout(ms))

  return found.workers.map(({ app }) => app.slice(app.indexOf('.') + 1))
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foundSite } from '../../../src/control/found-site.ts'
import { joinSite } from '../../../src/control/join-site.ts'
import { LabDaemon } from '../../../src/lab/lab-daemon.ts'
import { freePorts } from '../../../src/lab/ports.ts'
import { eventually } from '../../faults/disk/kit.ts'
import { KEY } from '../scenarios/app.ts'

const NETWORK = 'bench'

/** Longest wait for a link or a reservation, ms: a busy machine takes its time */
const PATIENCE = 60_000

export interface NetworkSitesInit {
  /** What the daemons run. @default the sources */
  bin?: string
  /** What waits for a site that is off is left at its keeper after this, ms; all that is posted in one round should be there by then. @default 3_000 */
  leftAfter?: number
}

/**
 * ```
 *  one ──┐
 *        ├── hub: admits, relays, keeps mail; the only one that listens
 *  two ──┘
 * ```
 * What one and two say to each other goes over the hub; what one and the hub say to each
 * other is direct.
 */
export class NetworkSites {
  readonly hub: LabDaemon
  readonly one: LabDaemon
  readonly two: LabDaemon
  readonly #root: string

  private constructor (root: string, bin?: string) {
    const daemon = (name: string): LabDaemon => new LabDaemon({ id: `${name}.${NETWORK}`, dir: join(root, name), bin, onEvent: () => {} })

    this.#root = root
    this.hub = daemon('hub')
    this.one = daemon('one')
    this.two = daemon('two')
  }

  static async open ({ bin, leftAfter = 3_000 }: NetworkSitesInit): Promise<NetworkSites> {
    const root = await mkdtemp(join(tmpdir(), 'beam-bench-network-'))
    const sites = new NetworkSites(root, bin)

    try {
      await sites.#build(leftAfter)
    } catch (error) {
      await sites.stop()
      throw error
    }

    return sites
  }

  async #build (leftAfter: number): Promise<void> {
    const [listen, ...api] = await freePorts(4)

    await foundSite({
      dir: this.hub.dir,
      network: NETWORK,
      site: 'hub',
      recoveryFile: join(this.#root, 'recovery.key'),
      config: { 'api.port': String(api[0]), 'network.listen': [`/ip4/127.0.0.1/tcp/${listen}`], 'network.reachable': 'yes', 'relay.enabled': 'yes', 'mailbox.enabled': 'yes' }
    })
    await this.hub.start()

    await Promise.all([this.one, this.two].map(async ({ id, dir }, index) => {
      const { ticket } = await this.hub.operator.invite({ site: id.split('.')[0], capabilities: ['*'] })
      await joinSite({ dir, ticket, config: { 'api.port': String(api[index + 1]), 'network.reachable': 'no', 'mailbox.after': String(leftAfter) } })
    }))
    await Promise.all([this.one.start(), this.two.start()])
    await this.linked()
  }

  async apps (daemon: LabDaemon, names: string[]): Promise<void> {
    for (const name of names) {
      await daemon.operator.addApp({ name, key: KEY })
    }
  }

  /** One and two over the hub, each of them to the hub directly: otherwise nothing that is measured is what it is called */
  async linked (): Promise<void> {
    for (const [from, to] of [[this.one, this.two], [this.two, this.one]]) {
      await eventually(`${from.id} has a link to ${to.id} over ${this.hub.id}, and to that directly`, async () => {
        const peers = await from.operator.peers()
        const has = (site: string, path: string, via?: string): boolean => peers.some(peer => peer.site === site && peer.path === path && peer.via === via)

        return has(to.id, 'relay', this.hub.id) && has(this.hub.id, 'direct')
      }, PATIENCE)
    }
  }

  async stop (): Promise<void> {
    await Promise.all([this.hub, this.one, this.two].map(async daemon => daemon.stop()))
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 })
  }
}

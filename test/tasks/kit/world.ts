import { SeededRandom } from '../../simulation/kit/seeded-random.ts'
import { SimMembership } from '../../simulation/kit/sim-membership.ts'
import { NO_FAULTS, SimNetwork } from '../../simulation/kit/sim-network.ts'
import { SimSite } from '../../simulation/kit/sim-site.ts'
import { VirtualClock } from '../../simulation/kit/virtual-clock.ts'
import type { NewResult, NewTask, Wait } from '../../../src/tasks/index.ts'
import type { Faults } from '../../simulation/kit/sim-network.ts'
import type { SimSiteInit } from '../../simulation/kit/sim-site.ts'

export const NETWORK = 'net'

/** Sites on a network without faults, in virtual time */
export class World {
  readonly clock = new VirtualClock()
  readonly random: SeededRandom
  readonly network: SimNetwork
  readonly membership: SimMembership
  readonly sites: Record<string, SimSite> = {}

  constructor (seed: string | number = 1, faults: Faults = NO_FAULTS) {
    this.random = new SeededRandom(seed)
    this.network = new SimNetwork(this.clock, this.random, faults)
    this.membership = new SimMembership(NETWORK, this.random)
  }

  /** Founds the sites with these names, linked to each other */
  static async of (names: string[], init: Partial<SimSiteInit> = {}): Promise<World> {
    const world = new World()

    for (const name of names) {
      await world.add(name, init)
    }

    world.network.connectAll()

    return world
  }

  async add (name: string, init: Partial<SimSiteInit> = {}): Promise<SimSite> {
    const site = `${name}.${NETWORK}`
    this.membership.admit(site)
    this.sites[name] = new SimSite({ site, network: this.network, membership: this.membership, random: this.random, ...init })
    await this.run(this.sites[name].start())

    return this.sites[name]
  }

  async run<T> (promise: Promise<T>, limit?: number): Promise<T> {
    return this.clock.until(promise, limit)
  }

  /** Time for everything that is under way to arrive */
  async settle (ms: number = 1_000): Promise<void> {
    await this.clock.advance(ms)
  }

  async close (): Promise<void> {
    for (const site of Object.values(this.sites)) {
      if (site.up) {
        await this.run(site.stop())
      }

      site.core.close()
    }
  }

  task (from: string, to: string[], more: Partial<NewTask> = {}): NewTask {
    return { id: this.random.uuid(), from, to, body: 'question', ttl: '1h', ttlMs: 3_600_000, failureStrategy: '"discard"', metadata: 'null', ...more }
  }
}

export function resultOf (task: Pick<NewTask, 'id' | 'from'>, from: string, more: Partial<NewResult> = {}): NewResult {
  return { taskId: task.id, from, to: [task.from], status: 'succeeded', metadata: 'null', body: 'answer', ...more }
}

export const NEVER = new AbortController().signal

export function noWait (): Wait {
  return { signal: NEVER }
}

/** A body as text: a long one comes as bytes */
export function textOf ({ body, bodyBytes }: { body: string | undefined, bodyBytes?: Uint8Array }): string | undefined {
  return bodyBytes == null ? body : Buffer.from(bodyBytes).toString('utf8')
}

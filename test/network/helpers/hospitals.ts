import { dialing, listening, relayLimits, TestNetwork, until } from './sites.ts'
import type { TestSite } from './sites.ts'
import type { NetworkInit } from '../../../src/network/create-network.ts'
import type { RelayLimits } from '../../../src/network/relay/index.ts'

export interface HospitalsInit {
  relays: number
  hospitals: number
  init?: NetworkInit
}

/** A founder that does not relay, members that do, and sites that nobody can reach */
export class Hospitals {
  readonly network: TestNetwork
  readonly relays: TestSite[] = []
  readonly hospitals: TestSite[] = []

  private constructor (network: TestNetwork) {
    this.network = network
  }

  static async open ({ relays, hospitals, init = {} }: HospitalsInit): Promise<Hospitals> {
    const config = listening()
    const network = await TestNetwork.found({ init, config: { ...config, relay: { ...config.relay, enabled: 'no' } } })
    const made = new Hospitals(network)

    try {
      for (let at = 0; at < relays; at++) {
        made.relays.push(await network.join(`relay-${at}`, { init, config: relaying() }))
      }

      for (let at = 0; at < hospitals; at++) {
        made.hospitals.push(await network.join(`hospital-${at}`, { init, config: dialing() }))
      }

      return made
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  get pairs (): Array<[TestSite, TestSite]> {
    return this.hospitals.flatMap((a, at) => this.hospitals.slice(at + 1).map((b): [TestSite, TestSite] => [a, b]))
  }

  /** Every hospital is reserved at two relays, and every pair of them is linked, at both ends */
  async ready (reserved: number = 2): Promise<void> {
    await until(() => this.hospitals.every(({ network }) => network.reservations?.().length === reserved), 'reserved at relays', 20_000)
    // nobody dials more than a few relayed sites without need
    await until(() => {
      this.pairs.filter(pair => !linked(pair)).forEach(([a, b]) => { a.network.links.want(b.id) })
      return this.pairs.every(pair => linked(pair))
    }, 'all pairs are linked', 30_000)
  }

  /** Site that relays for this pair, as its first one sees it */
  via ([a, b]: [TestSite, TestSite]): string | undefined {
    return a.network.peers().find(({ site }) => site === b.id)?.via
  }

  /** Pairs that talk through this relay */
  carried (relay: TestSite): Array<[TestSite, TestSite]> {
    return this.pairs.filter(pair => this.via(pair) === relay.id)
  }

  async stop (): Promise<void> {
    await this.network.stop()
  }
}

export function relaying (limits: Partial<RelayLimits> = {}): ReturnType<typeof listening> {
  return { ...listening(), relay: { ...relayLimits, ...limits, enabled: 'yes' } }
}

export function linked ([a, b]: [TestSite, TestSite]): boolean {
  return a.network.links.isUp(b.id) && b.network.links.isUp(a.id)
}

import { peerIdFromString } from '@libp2p/peer-id'
import { isRelayed, quality } from './paths/path.ts'
import { Whereabouts } from './whereabouts.ts'
import type { Admission } from './admission.ts'
import type { Node } from './libp2p.ts'
import type { Dialer } from './paths/dialer.ts'
import type { Quarantine } from './quarantine.ts'
import type { WhereaboutsComponents } from './whereabouts.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Connection } from '@libp2p/interface'

/** For one attempt at a site, ms */
const DIAL_TIMEOUT = 12_000

/** Whoever dialled through a relay wants a link, and has so long to open it before this side does, ms */
const SETTLE = 5_000

export interface ReacherComponents extends WhereaboutsComponents {
  node: WhereaboutsComponents['node'] & Pick<Node, 'getConnections'>
  dialer: Pick<Dialer, 'dial'>
  admission: Pick<Admission, 'establish'>
  quarantine: Pick<Quarantine, 'has'>
  /** Whether a peer dialled this daemon through a relay, and the handshake is under way */
  arriving(peer: string): boolean
  /** Whether a control stream was opened over it: when another one was the link then, the other end does not try again */
  opened(connection: Connection): boolean
  clock: Pick<Clock, 'now'>
  /** Whether the site has a link */
  isUp(site: SiteId): boolean
}

/** One attempt at a site: finds its daemons, dials, and has a link made of the connection */
export class Reacher {
  readonly #components: ReacherComponents
  readonly #whereabouts: Whereabouts

  constructor (components: ReacherComponents) {
    this.#components = components
    this.#whereabouts = new Whereabouts(components)
  }

  /** Tries each daemon of the site until one has a link; `ask`: the DHT, too, where they are */
  async reach (site: SiteId, ask: boolean, stop: AbortSignal): Promise<void> {
    const { node, dialer, membership, admission, quarantine, arriving, isUp } = this.#components

    for (const peer of membership.records.get(site)?.peers ?? []) {
      const id = peerIdFromString(peer)
      const signal = AbortSignal.any([stop, AbortSignal.timeout(DIAL_TIMEOUT)])
      const open = node.getConnections(id).filter(({ status }) => status === 'open').sort((a, b) => quality(b.remoteAddr.toString()) - quality(a.remoteAddr.toString()))
      const present = open.find(connection => !quarantine.has(connection))

      // the peer dialled: its handshake or roster sync is under way, or it enrols, and none must be disturbed
      if (present == null ? open.length > 0 || arriving(peer) : this.#settles(present)) {
        continue
      }

      const addresses = present == null ? await this.#whereabouts.of(site, peer, ask, stop) : []

      if (present == null && addresses.length === 0) {
        continue
      }

      const connection = present ?? await dialer.dial(site, peer, addresses, signal)

      if (await admission.establish(connection) || isUp(site)) {
        return
      }
    }
  }

  /** The other end is about to make a link of it */
  #settles (connection: Connection): boolean {
    const { clock, opened } = this.#components
    const age = clock.now() - connection.timeline.open

    return connection.direction === 'inbound' && isRelayed(connection.remoteAddr.toString()) && age >= 0 && age < SETTLE && !opened(connection)
  }
}

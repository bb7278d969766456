import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { UnreachableError } from '../../core/errors.ts'
import { preferred } from './order.ts'
import { isRelayed, relayOf } from './path.ts'
import type { Paths } from './paths.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Node } from '../libp2p.ts'
import type { Connection } from '@libp2p/interface'

/** A direct attempt that may well work gets so long before a relay is asked too, ms */
const HEAD_START = 250

/** For a connection through one relay before the next is asked, ms */
const RELAY_TIMEOUT = 5_000

export interface DialerComponents {
  node: Pick<Node, 'dial' | 'circuit'>
  paths: Pick<Paths, 'failed' | 'hopeful'>
  /** Round trip to a relay over the link to it, ms; undefined without a link */
  rtt(relay: string): number | undefined
  /** Whether a peer is a member now */
  isMember(peer: string): boolean
  clock: Pick<Clock, 'setTimeout'>
}

/**
 * Dials one peer both ways. Whichever is there first is used; a direct connection that
 * comes late takes the place of a relayed one by the rule that both ends know.
 */
export class Dialer {
  readonly #components: DialerComponents

  constructor (components: DialerComponents) {
    this.#components = components
  }

  /**
   * The first connection; a direct attempt goes on in the background until `signal`
   *
   * @throws {AggregateError}
   */
  async dial (site: SiteId, peer: string, addresses: string[], signal: AbortSignal): Promise<Connection> {
    const direct = addresses.filter(address => !isRelayed(address)).sort(preferred)
    const relayed = this.#relays(addresses)

    if (direct.length === 0) {
      return this.#throughRelays(relayed, peer, signal)
    }

    const straight = this.direct(site, direct, signal)

    if (relayed.length === 0) {
      return straight
    }

    const enough = new AbortController()
    const cancelled = AbortSignal.any([signal, enough.signal])
    const indirect = this.#pause(straight, this.#components.paths.hopeful(site) ? HEAD_START : 0)
      .then(async () => this.#throughRelays(relayed, peer, cancelled))

    straight.then(() => { enough.abort(new Error('a direct connection is there')) }, () => {
      // the relays go on
    })

    return Promise.any([straight, indirect])
  }

  /** A direct connection beside whatever there is; why not is remembered */
  async direct (site: SiteId, addresses: string[], signal: AbortSignal): Promise<Connection> {
    try {
      return await this.#components.node.dial(addresses.map(address => multiaddr(address)), { signal, force: true })
    } catch (error) {
      this.#components.paths.failed(site, error)
      throw error
    }
  }

  /** Relays in the order in which to ask: linked ones by their round trip, the others last */
  #relays (addresses: string[]): string[] {
    const { rtt, isMember } = this.#components
    const one = new Map<string, string>()

    for (const address of addresses) {
      const relay = relayOf(address)

      if (relay != null && isMember(relay) && !one.has(relay)) {
        one.set(relay, address)
      }
    }

    return [...one].sort(([a], [b]) => (rtt(a) ?? Infinity) - (rtt(b) ?? Infinity) || 0).map(([, address]) => address)
  }

  async #throughRelays (addresses: string[], peer: string, signal: AbortSignal): Promise<Connection> {
    const { node: { circuit } } = this.#components
    const errors: unknown[] = []
    const target = peerIdFromString(peer)

    for (const address of addresses) {
      signal.throwIfAborted()
      const timed = AbortSignal.any([signal, AbortSignal.timeout(RELAY_TIMEOUT)])
      const relay = circuit.relay(peerIdFromString(relayOf(address) ?? ''))

      try {
        return await (relay == null ? circuit.dial(multiaddr(address), { signal: timed }) : circuit.connect(relay, target, { signal: timed }))
      } catch (error) {
        errors.push(error)
      }
    }

    throw errors.length === 0 ? new UnreachableError('no relay of the site is a member') : new AggregateError(errors, `no relay connects: ${errors.map(error => error instanceof Error ? error.message : String(error)).join('; ')}`)
  }

  /** Until the attempt failed, or so many ms passed */
  async #pause (attempt: Promise<unknown>, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#components.clock.setTimeout(resolve, ms)
      attempt.catch(() => {
        timer.cancel()
        resolve()
      })
    })
  }
}

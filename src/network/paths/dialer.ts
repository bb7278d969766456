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

/** For a connection through one relay, ms */
const RELAY_TIMEOUT = 5_000

/** A relay that has not connected for so long does not hold up the next one, ms */
const RELAY_HEAD_START = 1_000

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

  /** The next one is asked too when the one before said no, or nothing for a while: whoever connects first is used */
  async #throughRelays (addresses: string[], peer: string, signal: AbortSignal): Promise<Connection> {
    const enough = new AbortController()
    const attempts: Array<Promise<Connection>> = []

    if (addresses.length === 0) {
      throw new UnreachableError('no relay of the site is a member')
    }

    for (const address of addresses) {
      signal.throwIfAborted()
      attempts.push(this.#throughRelay(address, peer, AbortSignal.any([signal, enough.signal, AbortSignal.timeout(RELAY_TIMEOUT)])))

      if (await this.#connected(attempts, RELAY_HEAD_START)) {
        break
      }
    }

    try {
      const connection = await Promise.any(attempts)
      enough.abort(new Error('another relay connected'))

      return connection
    } catch (error) {
      const { errors } = error as AggregateError
      throw new AggregateError(errors, `no relay connects: ${errors.map((error: unknown) => error instanceof Error ? error.message : String(error)).join('; ')}`)
    }
  }

  async #throughRelay (address: string, peer: string, signal: AbortSignal): Promise<Connection> {
    const { node: { circuit } } = this.#components
    const relay = circuit.relay(peerIdFromString(relayOf(address) ?? ''))

    return relay == null ? circuit.dial(multiaddr(address), { signal }) : circuit.connect(relay, peerIdFromString(peer), { signal })
  }

  /** Whether one of the attempts made it before the last one failed, or so many ms passed */
  async #connected (attempts: Array<Promise<Connection>>, ms: number): Promise<boolean> {
    return new Promise<boolean>((resolve) => {
      const timer = this.#components.clock.setTimeout(() => { resolve(false) }, ms)
      const end = (made: boolean): void => {
        timer.cancel()
        resolve(made)
      }

      attempts.forEach((attempt, index) => {
        attempt.then(() => { end(true) }, () => {
          if (index === attempts.length - 1) {
            end(false)
          }
        })
      })
    })
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

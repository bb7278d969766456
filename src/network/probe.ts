import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { withPeer } from './addresses.ts'
import { isRelayed, relayOf } from './paths/path.ts'
import { RelayRefusedError } from './relay/errors.ts'
import type { Admission } from './admission.ts'
import type { Node } from './libp2p.ts'
import type { Dialer } from './paths/dialer.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { SiteRecords } from '../membership/index.ts'
import type { Connection } from '@libp2p/interface'

/** For all addresses of a site together, to who answers there, ms. @default 8_000 */
export const PROBE_DIRECT = 8_000

/** For one relay: to the relay, and through it to who answers, ms each. @default 5_000 */
export const PROBE_RELAY = 5_000

/** For the session that compares rosters, and the control stream, ms. @default 8_000 */
export const PROBE_SESSION = 8_000

/** Addresses of a site that are tried. @default 8 */
export const PROBE_ADDRESSES = 8

/** Relays of a site that are tried, at the same time: a member takes four connections of another. @default 2 */
export const PROBE_RELAYS = 2

/** Longest text that is kept of an error, characters */
const MAX_SAID = 200

/** How far it came through one relay */
export interface RelayAttempt {
  peer: string
  relay: SiteId
  /** Where it ended: no connection to the relay; the relay knows of no reservation, or refuses; nobody took the circuit, or the wrong one did; all the way */
  reached: 'nothing' | 'relay' | 'reservation' | 'circuit'
  failure?: string
  /** The relay has no room now */
  full?: true
}

/** What came of trying to reach a site, step by step */
export interface PeerProbe {
  /** There was a link before */
  linked: boolean
  /** At its own addresses; absent when there was a direct link, or it has none */
  direct?: { address?: string, failure?: string }
  /** Absent when there was a link */
  relays?: RelayAttempt[]
  /** Absent when nobody could be reached, or there was a link */
  session?: { ok: boolean, by?: 'us' | 'them', reason?: string }
}

export interface ProberComponents {
  node: Pick<Node, 'dial' | 'circuit'>
  dialer: Pick<Dialer, 'direct'>
  records: Pick<SiteRecords, 'get' | 'siteOfPeer'>
  admission: Pick<Admission, 'establish' | 'verdict'>
  /** Where the link to a site leads, if there is one */
  linkTo(site: SiteId): string | undefined
  clock: Pick<Clock, 'setTimeout'>
  log: Log
}

/**
 * Walks the way to a site as the daemon itself would go it, for an operator who asks
 * where it ends. What works becomes the link.
 */
export class Prober {
  readonly #components: ProberComponents
  readonly #running = new Map<SiteId, Promise<PeerProbe>>()

  constructor (components: ProberComponents) {
    this.#components = components
  }

  /** `only`: of its own addresses these, in this order. One walk to a site at a time: who asks meanwhile shares it */
  async probe (site: SiteId, only?: string[]): Promise<PeerProbe> {
    const running = this.#running.get(site)

    if (running != null) {
      return running
    }

    const walk = this.#walk(site, only).finally(() => { this.#running.delete(site) })
    this.#running.set(site, walk)

    return walk
  }

  async #walk (site: SiteId, only?: string[]): Promise<PeerProbe> {
    const { records, linkTo, log } = this.#components
    const link = linkTo(site)
    const peer = records.get(site)?.peers[0]

    if (peer == null || (link != null && !isRelayed(link))) {
      return { linked: link != null }
    }

    const addresses = records.get(site)?.addresses ?? []
    const own = (only ?? addresses).filter(address => addresses.includes(address) && !isRelayed(address)).slice(0, PROBE_ADDRESSES)
    const direct = own.length === 0 ? undefined : await this.#direct(site, own.map(address => withPeer(address, peer)))
    const facts = direct == null ? {} : { direct: direct.facts }

    log.debug({ site, direct: direct?.facts }, 'an operator asks for the way to a site')

    if (link != null) {
      return { linked: true, ...facts }
    }

    if (direct?.connection != null) {
      return { linked: false, ...facts, relays: [], session: await this.#session(direct.connection) }
    }

    const attempts = await Promise.all(relaysOf(addresses).map(async address => this.#through(address, peer)))
    const connection = attempts.find(attempt => attempt.connection != null)?.connection

    return {
      linked: false,
      ...facts,
      relays: attempts.map(({ facts }) => facts),
      ...(connection == null ? {} : { session: await this.#session(connection) })
    }
  }

  async #direct (site: SiteId, addresses: string[]): Promise<{ facts: PeerProbe['direct'], connection?: Connection }> {
    try {
      const connection = await this.#components.dialer.direct(site, addresses, AbortSignal.timeout(PROBE_DIRECT))

      return { facts: { address: connection.remoteAddr.toString() }, connection }
    } catch (error) {
      return { facts: { failure: said(error) } }
    }
  }

  async #through (address: string, peer: string): Promise<{ facts: RelayAttempt, connection?: Connection }> {
    const { node, records } = this.#components
    const relay = peerIdFromString(relayOf(address) ?? '')
    const facts: RelayAttempt = { peer: relay.toString(), relay: records.siteOfPeer(relay.toString()) ?? relay.toString(), reached: 'nothing' }

    try {
      const to = node.circuit.relay(relay) ?? await node.dial(multiaddr(address.split('/p2p-circuit')[0]), { signal: AbortSignal.timeout(PROBE_RELAY) })
      facts.reached = 'relay'
      const connection = await node.circuit.connect(to, peerIdFromString(peer), { signal: AbortSignal.timeout(PROBE_RELAY) })
      facts.reached = 'circuit'

      return { facts, connection }
    } catch (error) {
      if (facts.reached === 'relay' && (!(error instanceof RelayRefusedError) || error.reserved)) {
        facts.reached = 'reservation'
      }

      return { facts: { ...facts, failure: said(error), ...(error instanceof RelayRefusedError && error.full ? { full: true } : {}) } }
    }
  }

  async #session (connection: Connection): Promise<NonNullable<PeerProbe['session']>> {
    const { admission, clock } = this.#components
    const peer = connection.remotePeer.toString()
    let timer: Timer | undefined

    try {
      const late = new Promise<undefined>(resolve => { timer = clock.setTimeout(() => { resolve(undefined) }, PROBE_SESSION) })
      const ok = await Promise.race([admission.establish(connection), late])

      if (ok == null) {
        return { ok: false, reason: `did not come to its end within ${PROBE_SESSION / 1_000} s` }
      }

      const verdict = ok ? undefined : admission.verdict(peer)

      return { ok, ...(verdict == null ? {} : { ...(verdict.by == null ? {} : { by: verdict.by }), reason: verdict.reason }) }
    } finally {
      timer?.cancel()
    }
  }
}

/** One address for each relay */
function relaysOf (addresses: string[]): string[] {
  const one = new Map<string, string>()

  for (const address of addresses) {
    const relay = relayOf(address)

    if (relay != null && !one.has(relay)) {
      one.set(relay, address)
    }
  }

  return [...one.values()].slice(0, PROBE_RELAYS)
}

/** Of several addresses what each said */
function said (error: unknown): string {
  const all = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error]

  return [...new Set(all.map(one => one instanceof Error ? one.message : String(one)))].join('; ').slice(0, MAX_SAID)
}

import { BoundedMap } from '../core/bounded-map.ts'
import { isMember } from '../protocols/sync/sync.ts'
import { isRelayed } from './paths/path.ts'
import type { Quarantine } from './quarantine.ts'
import type { Log } from '../core/log.ts'
import type { Control } from '../protocols/control/control.ts'
import type { SyncResult } from '../protocols/sync/session.ts'
import type { RosterSync } from '../protocols/sync/sync.ts'
import type { Identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'

/** Peers whose last session is remembered */
const MAX_VERDICTS = 1_024

/** Peers that are not identified again over a circuit */
const MAX_IDENTIFIED = 1_024

/** How the last session with a peer ended that did not end well */
export interface Verdict {
  /** Who refused; absent when it did not come to an answer */
  by?: 'us' | 'them'
  reason: string
}

export interface AdmissionComponents {
  sync: RosterSync
  control: Control
  quarantine: Quarantine
  identify: Pick<Identify, 'identify'>
  isMember(peer: string): boolean
  /** Whether a peer may serve the DHT, which is told of it whenever it is back */
  mayServe(peer: string): boolean
  /** Whether a connection that something else here opened, the DHT or a circuit, is to carry a link too */
  wantsLink(connection: Connection): boolean
  /** A member said from which address our connection to it came */
  onObserved(connection: Connection, address: string): void
  log: Log
}

/**
 * What happens on each new connection, in this order: roster sync, identify, control
 * stream. Who dialled begins; the other side follows.
 */
export class Admission {
  readonly #components: AdmissionComponents
  readonly #running = new Map<Connection, Promise<boolean>>()
  /** Connections that somebody waits for a link on */
  readonly #linking = new WeakSet<Connection>()
  readonly #identified = new BoundedMap<string, true>(MAX_IDENTIFIED)
  readonly #verdicts = new BoundedMap<string, Verdict>(MAX_VERDICTS)

  constructor (components: AdmissionComponents) {
    this.#components = components
  }

  /** Undefined when the last session with the peer ended well, or there was none */
  verdict (peer: string): Verdict | undefined {
    return this.#verdicts.get(peer)
  }

  opened (connection: Connection): void {
    this.#components.quarantine.add(connection)

    if (connection.direction === 'outbound' && connection.status === 'open') {
      void this.#begin(connection)
    }
  }

  /** Sync and control stream over a connection; false when it did not come to a link. Never rejects */
  async establish (connection: Connection): Promise<boolean> {
    this.#linking.add(connection)

    return this.#begin(connection)
  }

  async #begin (connection: Connection): Promise<boolean> {
    const running = this.#running.get(connection)

    if (running != null) {
      return running
    }

    const work = this.#establish(connection)
      .catch((error: Error) => {
        this.#components.log.info({ peer: connection.remotePeer.toString(), address: connection.remoteAddr.toString(), error: error.message }, 'a connection was not established')
        this.#verdicts.set(connection.remotePeer.toString(), { reason: error.message })
        connection.abort(error)

        return false
      })
      .finally(() => { this.#running.delete(connection) })

    this.#running.set(connection, work)

    return work
  }

  /** The other side began and the session came to its end */
  finished (connection: Connection, result: SyncResult): void {
    if (this.#judge(connection, result)) {
      void this.#identify(connection)
    }
  }

  failed (connection: Connection, error: Error): void {
    this.#components.log.info({ peer: connection.remotePeer.toString(), address: connection.remoteAddr.toString(), error: error.message }, 'a peer was not let in')
    this.#verdicts.set(connection.remotePeer.toString(), { reason: error.message })
    connection.abort(error)
  }

  async #establish (connection: Connection): Promise<boolean> {
    const { sync, control, wantsLink } = this.#components
    const result = await sync.begin(connection)

    if (!this.#judge(connection, result)) {
      return false
    }

    void this.#identify(connection)

    // in a large network the DHT meets everyone in time: links to all of them would cost more than all else
    if (!this.#linking.has(connection) && !wantsLink(connection)) {
      return false
    }

    await control.open(connection)

    return true
  }

  #judge (connection: Connection, result: SyncResult): boolean {
    const { quarantine, isMember: isMemberNow, log } = this.#components
    const peer = connection.remotePeer.toString()

    // a revocation may have come since this side judged, and what it cut is not to come back
    if (isMember(result) && isMemberNow(peer)) {
      quarantine.release(connection)
      this.#verdicts.delete(peer)
      return true
    }

    const refused = result.theirs.code !== 0
    this.#verdicts.set(peer, { by: refused ? 'them' : 'us', reason: (refused ? result.theirs : result.ours).reason })

    if (refused) {
      log.warn({ peer, code: result.theirs.code, reason: result.theirs.reason }, 'a member refused this site')
    } else {
      log.info({ peer, code: result.ours.code, reason: result.ours.reason }, 'a peer was refused')
    }

    // what was said has to leave first
    connection.close({ signal: AbortSignal.timeout(1_000) }).catch((error: Error) => { connection.abort(error) })

    return false
  }

  async #identify (connection: Connection): Promise<void> {
    const peer = connection.remotePeer.toString()

    // a circuit shows no address, and what the peer speaks is known: when a relay goes, dozens of them are made anew at once
    if (isRelayed(connection.remoteAddr.toString()) && this.#identified.get(peer) === true && !this.#components.mayServe(peer)) {
      return
    }

    try {
      const { observedAddr } = await this.#components.identify.identify(connection)
      this.#identified.set(peer, true)

      if (observedAddr != null) {
        this.#components.onObserved(connection, observedAddr.toString())
      }
    } catch (error) {
      // the DHT and relays do not see this peer then; frames do not need it
      this.#components.log.debug({ peer, error: String(error) }, 'identify failed')
    }
  }
}

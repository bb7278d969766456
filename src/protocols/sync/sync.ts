import { RateLimit } from '../rate-limit.ts'
import { SYNC_CODES } from './codes.ts'
import { SYNC_OUTSIDER_RATE, SYNC_PEER_RATE, SYNC_PROTOCOL, SYNC_TIMEOUT } from './constants.ts'
import { syncSession } from './session.ts'
import type { SyncComponents, SyncResult } from './session.ts'
import type { Clock } from '../../core/clock.ts'
import type { Connection, Stream } from '@libp2p/interface'

export interface SyncServiceComponents extends SyncComponents {
  /** Own peer id */
  peerId: string
  clock: Clock
  /** A session on an inbound stream came to its end */
  onResult(connection: Connection, result: SyncResult): void
  /** A session failed, or the peer proved nothing */
  onFailure(connection: Connection, error: Error): void
}

/** /beam/roster/1.0.0 at both ends: runs before anything else on each connection */
export class RosterSync {
  readonly #components: SyncServiceComponents
  readonly #peers: RateLimit
  readonly #outsiders: RateLimit

  constructor (components: SyncServiceComponents) {
    this.#components = components
    this.#peers = new RateLimit(components.clock, SYNC_PEER_RATE)
    this.#outsiders = new RateLimit(components.clock, SYNC_OUTSIDER_RATE)
  }

  /** Begins a session on a connection. @throws when it does not come to its end */
  async begin (connection: Connection): Promise<SyncResult> {
    const stream = await connection.newStream(SYNC_PROTOCOL, {
      signal: AbortSignal.timeout(SYNC_TIMEOUT),
      runOnLimitedConnection: true
    })

    return this.#run(stream, connection, 'dialer')
  }

  readonly handle = (stream: Stream, connection: Connection): void => {
    const { membership, onResult, onFailure } = this.#components
    const peer = connection.remotePeer.toString()

    if (!this.#peers.take(peer) || (membership.records.siteOfPeer(peer) == null && !this.#outsiders.take('all'))) {
      stream.abort(new Error('too many requests'))
      return
    }

    this.#run(stream, connection, 'listener').then(
      (result) => { onResult(connection, result) },
      (error: Error) => { onFailure(connection, error) }
    )
  }

  async #run (stream: Stream, connection: Connection, role: 'dialer' | 'listener'): Promise<SyncResult> {
    return syncSession(this.#components, { stream, role, self: this.#components.peerId, peer: connection.remotePeer.toString() })
  }
}

export function isMember ({ ours, theirs }: SyncResult): boolean {
  return ours.code === SYNC_CODES.member && theirs.code === SYNC_CODES.member
}

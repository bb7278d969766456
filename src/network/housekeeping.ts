import { HOUSEKEEPING, SPARE_TIME } from './constants.ts'
import type { Quarantine } from './quarantine.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Connection } from '@libp2p/interface'

export interface HousekeepingComponents {
  connections(): Connection[]
  quarantine: Pick<Quarantine, 'has'>
  isMember(peer: string): boolean
  /** Whether a control link runs over it */
  carriesLink(connection: Connection): boolean
  clock: Clock
  log: Log
  /** Admissions may have run out since */
  review(): void
}

/**
 * Looks over all connections from time to time. Nobody pings a connection that carries
 * no control link, so one that serves nothing is closed instead of trusted.
 */
export class Housekeeping {
  readonly #components: HousekeepingComponents
  #timer: Timer | undefined

  constructor (components: HousekeepingComponents) {
    this.#components = components
  }

  start (): void {
    this.#timer = this.#components.clock.setTimeout(() => {
      this.#components.review()
      this.sweep()
      this.start()
    }, HOUSEKEEPING)
  }

  stop (): void {
    this.#timer?.cancel()
  }

  sweep (): void {
    const { connections, quarantine, carriesLink, clock, log } = this.#components

    for (const connection of connections()) {
      const age = clock.now() - connection.timeline.open

      if (age > SPARE_TIME && connection.streams.length === 0 && !carriesLink(connection) && !quarantine.has(connection)) {
        log.debug({ peer: connection.remotePeer.toString(), address: connection.remoteAddr.toString() }, 'a connection that serves nothing is closed')
        connection.close({ signal: AbortSignal.timeout(1_000) }).catch((error: Error) => { connection.abort(error) })
      }
    }
  }
}

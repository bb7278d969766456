import { CUT_FLUSH } from './constants.ts'
import type { Quarantine } from './quarantine.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Roster } from '../membership/index.ts'
import type { Control } from '../protocols/control/control.ts'
import type { Connection } from '@libp2p/interface'

export interface CutterComponents {
  connections(): Connection[]
  quarantine: Pick<Quarantine, 'has'>
  isMember(peer: string): boolean
  roster: Pick<Roster, 'standing'>
  control: Pick<Control, 'links' | 'cut'>
  clock: Pick<Clock, 'setTimeout'>
  log: Log
}

/** Ends the connections and links of whoever is no member any more */
export class Cutter {
  readonly #components: CutterComponents
  readonly #cuts = new Map<Connection, Timer>()

  constructor (components: CutterComponents) {
    this.#components = components
  }

  review (): void {
    const { connections, quarantine, isMember, roster, control, log } = this.#components

    for (const connection of connections()) {
      const peer = connection.remotePeer.toString()

      if (!isMember(peer) && !quarantine.has(connection)) {
        log.info({ peer, address: connection.remoteAddr.toString() }, 'a peer is no member any more: its connection is cut')
        this.#cut(connection)
      }
    }

    for (const { site } of control.links()) {
      if (roster.standing(site) !== 'member') {
        control.cut(site, `${site} is no member any more (${roster.standing(site)})`)
      }
    }
  }

  stop (): void {
    this.#cuts.forEach(timer => { timer.cancel() })
  }

  /** In a moment: it is told why */
  #cut (connection: Connection): void {
    if (!this.#cuts.has(connection)) {
      this.#cuts.set(connection, this.#components.clock.setTimeout(() => {
        this.#cuts.delete(connection)
        connection.abort(new Error('not a member'))
      }, CUT_FLUSH))
    }
  }
}

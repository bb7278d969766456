import { directoryKey } from './directory-key.ts'
import type { Dht } from './dht-servers.ts'
import type { Directory } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Membership } from '../membership/index.ts'
import type { CID } from 'multiformats/cid'

/** Longest announcement, ms: a peer that takes connections and never answers costs 6 s */
const PROVIDE_TIMEOUT = 15_000

/** A search ends so long after its last new answer, ms */
const QUIET = 750

/** A search without any answer ends after, ms */
const FIND_TIMEOUT = 5_000

/** With nobody to ask only what is kept here counts, ms */
const ALONE = 100

/** A site with links waits so long for someone to announce to, looking again and again, ms */
const TABLE_WAIT = 3_000
const TABLE_CHECK = 50

/** After a link came up everything is announced again, together with what comes up meanwhile, ms */
const AGAIN = 1_000

export interface DirectoryComponents {
  dht: Dht
  membership: Pick<Membership, 'records' | 'networkSecret' | 'self'>
  clock: Clock
  log: Log
  /** Whether any member is linked */
  hasLinks(): boolean
}

/** Names in the private DHT. Keys are HMACs, so that what is sought is not told to who only carries. */
export class DhtDirectory implements Directory {
  readonly #components: DirectoryComponents
  readonly #names = new Set<string>()
  readonly #stopping = new AbortController()
  #timer: Timer | undefined

  constructor (components: DirectoryComponents) {
    this.#components = components
  }

  async provide (name: string, signal: AbortSignal): Promise<boolean> {
    // kept even when nobody is there: it is announced as soon as someone is
    this.#names.add(name)

    return this.#announce(name, signal)
  }

  async withdraw (name: string): Promise<void> {
    this.#names.delete(name)
    await this.#components.dht.cancelReprovide(this.#key(name))
  }

  async * find (name: string, signal: AbortSignal): AsyncGenerator<SiteId> {
    const { membership } = this.#components
    const seen = new Set<SiteId>([membership.self])

    // own announcements count here, whether or not anyone keeps them
    if (this.#names.has(name)) {
      yield membership.self
    }

    const ending = new AbortController()
    const alone = this.#components.dht.routingTable.size === 0
    let timer = this.#endAfter(ending, alone ? ALONE : FIND_TIMEOUT)

    try {
      const signals = AbortSignal.any([signal, ending.signal, this.#stopping.signal])

      for await (const event of this.#components.dht.findProviders(this.#key(name), { signal: signals })) {
        if (event.name !== 'PROVIDER') {
          continue
        }

        for (const { id } of event.providers) {
          const site = membership.records.siteOfPeer(id.toString())

          if (site != null && !seen.has(site)) {
            seen.add(site)
            yield site
          }
        }

        timer.cancel()
        timer = this.#endAfter(ending, alone ? 0 : QUIET)
      }
    } catch (error) {
      // ended by us, or by the caller; anything else is a failed search, which is a hint not given
      if (!ending.signal.aborted && !signal.aborted && !this.#stopping.signal.aborted) {
        this.#components.log.debug({ error: String(error) }, 'a search in the DHT failed')
      }
    } finally {
      timer.cancel()
      ending.abort()
    }
  }

  /** Peers came or own addresses changed: announce everything again, soon */
  renew (): void {
    this.#timer ??= this.#components.clock.setTimeout(() => {
      this.#timer = undefined

      for (const name of this.#names) {
        void this.#announce(name, this.#stopping.signal)
      }
    }, AGAIN)
  }

  stop (): void {
    this.#timer?.cancel()
    this.#stopping.abort()
  }

  /** True as soon as one peer keeps it; the rest is told in the background */
  async #announce (name: string, signal: AbortSignal): Promise<boolean> {
    const { dht, hasLinks } = this.#components

    // just after a link came up its peer is not yet in the table
    for (let waited = 0; waited < TABLE_WAIT && dht.routingTable.size === 0 && dht.getMode() === 'client' && hasLinks() && !signal.aborted; waited += TABLE_CHECK) {
      await new Promise<void>(resolve => { this.#components.clock.setTimeout(resolve, TABLE_CHECK) })
    }

    if (dht.routingTable.size === 0) {
      // others come to this site to ask when it serves the DHT itself
      await this.#keepHere(name)

      return dht.getMode() === 'server' && hasLinks()
    }

    return new Promise((resolve) => {
      const giveUp = (): void => { resolve(false) }
      signal.addEventListener('abort', giveUp, { once: true })

      this.#tell(name, () => { resolve(true) })
        .catch((error) => {
          if (!this.#stopping.signal.aborted) {
            this.#components.log.debug({ error: String(error) }, 'an announcement in the DHT failed')
          }
        })
        .finally(() => {
          signal.removeEventListener('abort', giveUp)
          resolve(false)
        })
    })
  }

  async #tell (name: string, onKept: () => void): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(PROVIDE_TIMEOUT)])

    for await (const event of this.#components.dht.provide(this.#key(name), { signal })) {
      if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') {
        onKept()
      }
    }
  }

  /** With an empty table `provide` writes the own record first and then waits for peers, which is not waited for */
  async #keepHere (name: string): Promise<void> {
    const ending = new AbortController()
    const timer = this.#endAfter(ending, ALONE)

    try {
      for await (const event of this.#components.dht.provide(this.#key(name), { signal: AbortSignal.any([ending.signal, this.#stopping.signal]) })) {
        if (event.name === 'FINAL_PEER') {
          break
        }
      }
    } catch {
      // the wait for peers was ended: the own record is there
    } finally {
      timer.cancel()
    }
  }

  #endAfter (ending: AbortController, ms: number): Timer {
    return this.#components.clock.setTimeout(() => { ending.abort(new Error('enough')) }, ms)
  }

  #key (name: string): CID {
    return directoryKey(this.#components.membership.networkSecret, name)
  }
}

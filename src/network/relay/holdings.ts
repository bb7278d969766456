import { RelayRefusedError } from './errors.ts'
import { heldBy, lostBecause } from './held.ts'
import { reserve } from './reserve.ts'
import { Troubles } from './trouble.ts'
import type { Held } from './held.ts'
import type { RelayTrouble, Reserved } from './index.ts'
import type { Granted } from './reserve.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Membership } from '../../membership/index.ts'
import type { Connection } from '@libp2p/interface'

/** For one request, ms */
const REQUEST_TIMEOUT = 5_000

export interface HoldingsComponents {
  membership: Pick<Membership, 'roster'>
  /** Own peer id */
  peerId: string
  /** Direct connection of the link to a site, if there is one */
  linkTo(site: SiteId): { connection: Connection } | undefined
  /** Own addresses through relays are others now */
  onChange(addresses: string[]): void
  /** A relay said no: somebody else may have room */
  onRefused(): void
  clock: Clock
  random: Random
  log: Log
}

/** The reservations of this site: asked for, renewed, lost */
export class Holdings {
  readonly #components: HoldingsComponents
  readonly #held = new Map<SiteId, Held>()
  readonly #asking = new Set<SiteId>()
  readonly #troubles: Troubles
  readonly #stopping = new AbortController()

  constructor (components: HoldingsComponents) {
    this.#components = components
    this.#troubles = new Troubles(components)
  }

  get held (): Reserved[] {
    return [...this.#held.values()].map(({ relay, peer, addresses, since, renewed }) => ({ relay, peer, addresses, since, renewed }))
  }

  get addresses (): string[] {
    return [...this.#held.values()].flatMap(({ addresses }) => addresses)
  }

  /** Held or asked for */
  has (site: SiteId): boolean {
    return this.#held.has(site) || this.#asking.has(site)
  }

  get count (): number {
    return new Set([...this.#held.keys(), ...this.#asking]).size
  }

  /** An answer is awaited */
  get asking (): boolean {
    return this.#asking.size > 0
  }

  mayAsk (site: SiteId, now: number): boolean {
    return !this.#asking.has(site) && this.#troubles.mayAsk(site, now)
  }

  /** Why this relay gave nothing when it was last asked */
  trouble (site: SiteId): RelayTrouble | undefined {
    return this.#troubles.view(site)
  }

  /** True when it was granted, for the first time or anew */
  async ask (site: SiteId, connection: Connection): Promise<boolean> {
    this.#asking.add(site)

    try {
      const granted = await reserve(connection, this.#components.peerId, AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(REQUEST_TIMEOUT)]))
      this.#granted(site, connection, granted)

      return true
    } catch (error) {
      this.#failed(site, error)

      return false
    } finally {
      this.#asking.delete(site)

      if (this.#troubles.has(site)) {
        queueMicrotask(() => { this.#components.onRefused() })
      }
    }
  }

  /** Another one took its place */
  release (site: SiteId): void {
    if (this.#held.delete(site)) {
      this.#changed()
    }
  }

  /** The relays may have forgotten this site: each is asked anew, whatever it said before */
  doubt (): void {
    this.#troubles.forget()

    for (const held of this.#held.values()) {
      held.renewAt = this.#components.clock.monotonic()
    }
  }

  dropLost (): void {
    const { membership: { roster }, clock, linkTo, log } = this.#components
    const now = clock.monotonic()
    let changed = false

    for (const [site, held] of this.#held) {
      const reason = lostBecause(held, now, roster)
      const link = linkTo(site)

      if (reason != null) {
        this.#held.delete(site)
        changed = true
        log.info({ relay: site, reason }, 'reservation lost')
      } else if (link != null && link.connection !== held.connection) {
        // the relay counts connections, not links: only the one that is looked after counts here
        held.renewAt = Math.min(held.renewAt, now)
      }
    }

    if (changed) {
      this.#changed()
    }
  }

  renewDue (): void {
    const now = this.#components.clock.monotonic()

    for (const [site, held] of this.#held) {
      const link = this.#components.linkTo(site)

      if (held.renewAt <= now && link != null && this.mayAsk(site, now)) {
        void this.ask(site, link.connection)
      }
    }
  }

  stop (): void {
    this.#stopping.abort(new Error('the daemon stops'))
  }

  #granted (site: SiteId, connection: Connection, granted: Granted): void {
    const before = this.#held.get(site)
    this.#troubles.over(site)
    this.#held.set(site, heldBy(site, connection, granted, before, this.#components))

    if (before == null) {
      this.#components.log.info({ relay: site }, 'reserved at a relay')
    }

    if (before == null || before.addresses.join() !== granted.addresses.join()) {
      this.#changed()
    }
  }

  #failed (site: SiteId, error: unknown): void {
    if (this.#stopping.signal.aborted) {
      return
    }

    const wait = this.#troubles.failed(site, error)
    this.#components.log.info({ relay: site, error: error instanceof Error ? error.message : String(error), wait: Math.round(wait) }, 'no reservation at a relay')

    if (error instanceof RelayRefusedError) {
      this.release(site)
    }
  }

  #changed (): void {
    this.#components.onChange(this.addresses)
  }
}

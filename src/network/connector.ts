import { RateLimit } from '../protocols/rate-limit.ts'
import { Astray } from './astray.ts'
import { BACKOFF_LAST } from './backoff.ts'
import { Reacher } from './reacher.ts'
import { Target } from './target.ts'
import type { ReacherComponents } from './reacher.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'

/** Sites dialled at one time */
const PARALLEL = 16

/**
 * A site that only a relay reaches is linked without a reason while this site has fewer
 * links: each circuit costs a relay, and one that is wanted is there in two round trips.
 *
 * @default 8
 */
export const EAGER_RELAYED = 8

/**
 * Sites dialled that nothing waits for: at once, and a second over time. Of thousands most
 * may be out of reach, and dialling them all again and again would be all that is done.
 */
export const EAGER_DIAL_RATE = { burst: 64, rate: 8 }

/** Links that end so soon after this machine got other addresses were ended here, and nobody at the other end knows of it yet, ms */
const MOVING = 1_000

/** Between two looks at who is due, ms; of thousands a look takes its time, and gets a tenth of all there is */
const LOOK_PAUSE = 10
const LOOK_SHARE = 10

/** When no more may be dialled: the next look after, ms */
const SPENT_WAIT = 1_000

export interface ConnectorComponents extends ReacherComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  /** Number of links */
  count(): number
  clock: Clock
  random: Random
}

/**
 * Keeps links to the members: each that has addresses is dialled, those that something
 * waits for first, with a delay that doubles and is shorter once in half a minute at most
 * because someone asks.
 */
export class Connector {
  readonly #components: ConnectorComponents
  readonly #reacher: Reacher
  readonly #astray: Astray
  readonly #maxLinks: number
  readonly #targets = new Map<SiteId, Target>()
  readonly #stopping = new AbortController()
  #dialing = 0
  #timer: Timer | undefined
  #running = false
  /** Monotonic ms when this machine got other addresses */
  #moved: number | undefined
  /** Monotonic ms before which nobody is looked for */
  #lookFrom = 0
  readonly #eager: RateLimit

  constructor (components: ConnectorComponents, maxLinks: number) {
    this.#components = components
    this.#reacher = new Reacher(components)
    this.#astray = new Astray(components)
    this.#eager = new RateLimit(components.clock, EAGER_DIAL_RATE)
    this.#maxLinks = maxLinks
  }

  start (): void {
    this.#running = true
    this.kick()
  }

  stop (): void {
    this.#running = false
    this.#timer?.cancel()
    this.#stopping.abort(new Error('the daemon stops'))
  }

  /** Something waits for this site; `eased`: all of it also rests with keepers of mail, and attempts may be farther apart */
  want (site: SiteId, eased: boolean = false): void {
    if (this.#target(site).want(eased)) {
      this.kick()
    }
  }

  /** Whether a link over one more connection is of use: something waits for it, it may be better than the one there is, or there are few */
  wants (site: SiteId | undefined): boolean {
    const { isUp, count } = this.#components
    const target = site == null ? undefined : this.#targets.get(site)

    return target?.wanted === true || target?.dialing === true || count() < this.#maxLinks || (site != null && isUp(site))
  }

  /** A link to the site is in use */
  linked (site: SiteId): void {
    this.#targets.delete(site)
  }

  /** The link to the site went down: the other side may need a moment, and its connection may still seem to be there */
  lost (site: SiteId): void {
    const { node, membership, clock } = this.#components
    const alone = this.#moved != null && clock.monotonic() - this.#moved < MOVING
    // mostly both ends lose it at once
    const first = alone || (membership.records.get(site)?.peers.some(peer => node.peerId.toString() < peer) ?? true)
    this.#target(site).lost(first)
    this.kick()
  }

  /** This machine has other addresses: the links that end now end at this side alone, which therefore dials */
  moved (): void {
    this.#moved = this.#components.clock.monotonic()
  }

  /** What is known of the site changed: its addresses may be others now */
  renewed (site: SiteId): void {
    this.#targets.get(site)?.renewed()
    this.kick()
  }

  /** Whether a peer that is no member may be dialled all the same, to ask its site for a newer roster */
  mayAsk (peer: string): boolean {
    return this.#astray.mayAsk(peer)
  }

  /** Dials what is due, at once or when it was not looked a moment ago, and sleeps until the next one is */
  kick (): void {
    if (!this.#running) {
      return
    }

    const { clock } = this.#components
    const now = clock.monotonic()
    this.#timer?.cancel()

    const next = now < this.#lookFrom ? this.#lookFrom - now : this.#look(now)
    this.#timer = clock.setTimeout(() => { this.kick() }, Math.max(next, LOOK_PAUSE))
  }

  /** Until when nothing more is due, ms */
  #look (now: number): number {
    const { clock } = this.#components
    let next = BACKOFF_LAST

    for (const { site, target } of this.#due()) {
      if (target.dueAt > now) {
        next = Math.min(next, target.dueAt - now)
      } else if (this.#dialing < PARALLEL) {
        if (target.wanted || this.#eager.take('all')) {
          void this.#attempt(site, target)
        } else {
          next = Math.min(next, SPENT_WAIT)
          break
        }
      }
    }

    const end = clock.monotonic()
    this.#lookFrom = end + Math.max(LOOK_PAUSE, (end - now) * LOOK_SHARE)

    return next
  }

  /** One pass, and nothing asked twice: of 10,000 members it takes a few ms. Wanted ones first, then those that need no relay */
  #due (): Array<{ site: SiteId, target: Target }> {
    const { membership: { roster, self }, isUp, count } = this.#components
    const links = count()
    const eligible = this.#astray.sites()
    const due: Array<{ site: SiteId, target: Target, order: number }> = []

    for (const { site } of roster.members()) {
      if (site === self || isUp(site) || !eligible(site)) {
        continue
      }

      const target = this.#target(site)
      const dialable = this.#dialable(site)
      const eager = links < this.#maxLinks && (links < EAGER_RELAYED || dialable)

      if (!target.dialing && (target.wanted || eager)) {
        due.push({ site, target, order: Number(target.wanted) * 2 + Number(dialable) })
      }
    }

    return due.sort((a, b) => b.order - a.order || a.target.dueAt - b.target.dueAt || a.target.rank - b.target.rank)
  }

  /** Whether the site says that it can be reached without a relay */
  #dialable (site: SiteId): boolean {
    return this.#components.membership.records.get(site)?.addresses.some(address => !address.includes('/p2p-circuit')) ?? false
  }

  #target (site: SiteId): Target {
    let target = this.#targets.get(site)

    if (target == null) {
      target = new Target(this.#components.membership.self, site, this.#components)
      this.#targets.set(site, target)
    }

    return target
  }

  async #attempt (site: SiteId, target: Target): Promise<void> {
    target.dialing = true
    this.#dialing++

    try {
      await this.#reacher.reach(site, target.asks, this.#stopping.signal)
    } catch (error) {
      if (this.#running) {
        this.#components.log.debug({ site, error: error instanceof Error ? error.message : String(error) }, 'a site could not be reached')
      }
    } finally {
      target.dialing = false
      this.#dialing--
      target.tried(this.#astray.pause)
      this.kick()
    }
  }
}

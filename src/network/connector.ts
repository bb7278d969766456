import { peerIdFromString } from '@libp2p/peer-id'
import { RateLimit } from '../protocols/rate-limit.ts'
import { backoff, BACKOFF_LAST } from './backoff.ts'
import { quality } from './paths/path.ts'
import { Whereabouts } from './whereabouts.ts'
import type { AddressBook } from './address-book.ts'
import type { Admission } from './admission.ts'
import type { Node } from './libp2p.ts'
import type { Dialer } from './paths/dialer.ts'
import type { Quarantine } from './quarantine.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Membership } from '../membership/index.ts'

/** Sites dialled at one time */
const PARALLEL = 8

/** For one attempt at a site, ms */
const DIAL_TIMEOUT = 12_000

/** Between two attempts when this site itself is no member: it may be admitted anew one day, ms. @default 300_000 */
const OUTCAST_WAIT = 300_000

/** The same when its admission only ran out: somebody renews it, or sets the clock, ms. @default 30_000 */
const EXPIRED_WAIT = 30_000

/** News of a site, or somebody who begins to wait for it, make it dialled early at most once in so long, ms */
const EARLY_EVERY = 30_000

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

/** Between two looks at who is due, ms; of thousands a look takes its time, and gets a tenth of all there is */
const LOOK_PAUSE = 10
const LOOK_SHARE = 10

/** When no more may be dialled: the next look after, ms */
const SPENT_WAIT = 1_000

/**
 * Longest pause between two attempts at a site while all that waits for it also rests with
 * keepers of mail; half of it is left to chance, ms. A link from its side, news of it and
 * anything new for it end the pause
 *
 * @default 300_000 (5 min)
 */
export const EASED_LAST = 300_000

/**
 * A link was lost no longer ago than this and something waits for its site, ms: a cut is
 * mostly over soon, and whoever waits half a minute for the next try then is late
 */
const CUT = 300_000

/** It is tried as after so few failures: half a second to one after the last attempt, which took its own time */
const CUT_FAILURES = 3

/** The DHT is asked, too, at one attempt in so many; it may take its time, and a site that was cut off is mostly where it was */
const LOOK_UP = 4
const LOOK_UP_CUT = 16

/** Of two ends that lost their link, the one with the greater peer id waits as after so many failures: half a second to one */
const LOST_SECOND = 3

export interface ConnectorComponents {
  node: Pick<Node, 'peerId' | 'peerRouting' | 'getConnections' | 'services'>
  dialer: Pick<Dialer, 'dial'>
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  admission: Pick<Admission, 'establish'>
  quarantine: Pick<Quarantine, 'has'>
  book: AddressBook
  /** Whether the site has a link */
  isUp(site: SiteId): boolean
  /** Number of links */
  count(): number
  clock: Clock
  random: Random
  log: Log
}

interface Target {
  failures: number
  /** Another order at each site, so that not all keep links to the same few */
  readonly rank: number
  /** Monotonic ms before which it is not dialled */
  notBefore: number
  /** Monotonic ms when something last made it dialled early */
  early?: number
  /** Monotonic ms when its link went down */
  lost?: number
  dialing: boolean
  wanted: boolean
  /** What waits for it also rests with keepers of mail */
  eased: boolean
  /** While it is eased: monotonic ms before which it is not dialled */
  easedUntil: number
}

/**
 * Keeps links to the members: each that has addresses is dialled, those that something
 * waits for first, with a delay that doubles and is shorter once in half a minute at most
 * because someone asks.
 */
export class Connector {
  readonly #components: ConnectorComponents
  readonly #whereabouts: Whereabouts
  readonly #maxLinks: number
  readonly #targets = new Map<SiteId, Target>()
  readonly #stopping = new AbortController()
  #dialing = 0
  #timer: Timer | undefined
  #running = false
  /** Monotonic ms before which nobody is looked for */
  #lookFrom = 0
  readonly #eager: RateLimit

  constructor (components: ConnectorComponents, maxLinks: number) {
    this.#components = components
    this.#whereabouts = new Whereabouts(components)
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
    const target = this.#target(site)
    const sooner = !target.wanted || (target.eased && !eased)
    target.wanted = true
    target.eased = eased

    if (sooner) {
      // what failed while nobody waited says little of now; after a lost link the pause has its reason
      if (target.failures > 0) {
        this.#early(target, 0)
      }

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
    const { clock, random, node, membership } = this.#components
    // both ends lose it at once: one dials, and the other only when nothing came of that
    const first = membership.records.get(site)?.peers.some(peer => node.peerId.toString() < peer) ?? true
    const target = this.#target(site)
    target.lost = clock.monotonic()
    target.notBefore = target.lost + backoff(first ? 1 : LOST_SECOND, random)
    this.kick()
  }

  /** What is known of the site changed: its addresses may be others now */
  renewed (site: SiteId): void {
    const target = this.#targets.get(site)

    if (target != null && !target.dialing) {
      this.#early(target, backoff(1, this.#components.random))
    }

    this.kick()
  }

  /** One early attempt; further ones wait as before, however often there is a reason */
  #early (target: Target, after: number): void {
    const now = this.#components.clock.monotonic()

    if (target.early == null || now - target.early >= EARLY_EVERY) {
      target.early = now
      target.easedUntil = 0
      target.notBefore = Math.min(target.notBefore, now + after)
    }
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
      if (dueAt(target) > now) {
        next = Math.min(next, dueAt(target) - now)
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
    const { membership, isUp, count } = this.#components
    const { roster, self } = membership
    const links = count()
    const astray = this.#astray()
    const due: Array<{ site: SiteId, target: Target, order: number }> = []

    for (const { site } of roster.members()) {
      if (site === self || isUp(site) || !(roster.standing(site) === 'member' || (astray && this.#outOfTime(site)))) {
        continue
      }

      const target = this.#target(site)
      const dialable = this.#dialable(site)
      const eager = links < this.#maxLinks && (links < EAGER_RELAYED || dialable)

      if (!target.dialing && (target.wanted || eager)) {
        due.push({ site, target, order: Number(target.wanted) * 2 + Number(dialable) })
      }
    }

    return due.sort((a, b) => b.order - a.order || dueAt(a.target) - dueAt(b.target) || a.target.rank - b.target.rank)
  }

  /** Whether a peer that is no member may be dialled all the same, to ask its site for a newer roster */
  mayAsk (peer: string): boolean {
    const { roster, records } = this.#components.membership

    return this.#astray() && roster.members().some(({ site }) => this.#outOfTime(site) && records.get(site)?.peers.includes(peer) === true)
  }

  /**
   * Who was off for longer than admissions last, or whose clock is wrong by as much, finds
   * itself or everybody else out of time. Those who were members know what is true now.
   */
  #astray (): boolean {
    const { membership: { roster, self }, count } = this.#components

    return count() === 0 && (this.#outOfTime(self) || !roster.members().some(({ site }) => site !== self && roster.standing(site) === 'member'))
  }

  #outOfTime (site: SiteId): boolean {
    return ['expired', 'not-yet'].includes(this.#components.membership.roster.standing(site))
  }

  /** Whether the site says that it can be reached without a relay */
  #dialable (site: SiteId): boolean {
    return this.#components.membership.records.get(site)?.addresses.some(address => !address.includes('/p2p-circuit')) ?? false
  }

  #target (site: SiteId): Target {
    let target = this.#targets.get(site)

    if (target == null) {
      target = { failures: 0, rank: rankOf(`${this.#components.membership.self} ${site}`), notBefore: 0, dialing: false, wanted: false, eased: false, easedUntil: 0 }
      this.#targets.set(site, target)
    }

    return target
  }

  /** Something waits for it that was under way a while ago */
  #isCut ({ wanted, eased, lost }: Target): boolean {
    return wanted && !eased && lost != null && this.#components.clock.monotonic() - lost < CUT
  }

  /** Whether the DHT is asked, too, at this attempt */
  #asks (site: SiteId): boolean {
    const target = this.#targets.get(site)
    const every = target != null && this.#isCut(target) ? LOOK_UP_CUT : LOOK_UP

    return (target?.failures ?? 0) % every === every - 1
  }

  async #attempt (site: SiteId, target: Target): Promise<void> {
    const { clock, random, log, membership } = this.#components
    target.dialing = true
    this.#dialing++

    try {
      await this.#connect(site)
    } catch (error) {
      if (this.#running) {
        log.debug({ site, error: error instanceof Error ? error.message : String(error) }, 'a site could not be reached')
      }
    } finally {
      target.dialing = false
      this.#dialing--
      target.failures++
      const standing = membership.roster.standing(membership.self)
      const outcast = standing !== 'member' && target.failures > 3
      const wait = standing === 'expired' || standing === 'not-yet' ? EXPIRED_WAIT : OUTCAST_WAIT
      target.notBefore = clock.monotonic() + (outcast ? wait : backoff(this.#isCut(target) ? Math.min(target.failures, CUT_FAILURES) : target.failures, random))
      target.easedUntil = target.eased ? clock.monotonic() + EASED_LAST * (0.5 + random.float() / 2) : 0
      this.kick()
    }
  }

  /** Tries each daemon of the site until one has a link */
  async #connect (site: SiteId): Promise<void> {
    const { node, dialer, membership, admission, quarantine, isUp } = this.#components

    for (const peer of membership.records.get(site)?.peers ?? []) {
      const id = peerIdFromString(peer)
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(DIAL_TIMEOUT)])
      const open = node.getConnections(id).filter(({ status }) => status === 'open').sort((a, b) => quality(b.remoteAddr.toString()) - quality(a.remoteAddr.toString()))
      const present = open.find(connection => !quarantine.has(connection))

      // the peer dialled: it enrols, or its roster sync is under way, and neither must be disturbed
      if (present == null && open.length > 0) {
        continue
      }

      const addresses = present == null ? await this.#whereabouts.of(site, peer, this.#asks(site), this.#stopping.signal) : []

      if (present == null && addresses.length === 0) {
        continue
      }

      const connection = present ?? await dialer.dial(site, peer, addresses, signal)

      if (await admission.establish(connection) || isUp(site)) {
        return
      }
    }
  }
}

function dueAt ({ notBefore, eased, easedUntil }: Target): number {
  return eased ? Math.max(notBefore, easedUntil) : notBefore
}

/** Spreads names evenly (FNV-1a): of thousands each costs next to nothing */
function rankOf (text: string): number {
  let rank = 0x811c9dc5

  for (let at = 0; at < text.length; at++) {
    rank = Math.imul(rank ^ text.charCodeAt(at), 0x01000193)
  }

  // the last letters alone would change the low bits only
  return Math.imul(rank ^ rank >>> 15, 0x85ebca6b) >>> 0
}

import { candidatesOf, improvement } from './candidates.ts'
import { ranked } from './choose.ts'
import { Holdings } from './holdings.ts'
import { SleepWatch } from './slept.ts'
import type { Candidate } from './choose.ts'
import type { RelayedView, Reserved } from './index.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Membership } from '../../membership/index.ts'
import type { Connection } from '@libp2p/interface'

/** Relays that a site which cannot be reached is reached through, when there are so many */
const WANTED = 2

/** How often what is held is looked over, ms; news make it sooner */
const REVIEW = 5_000

/** What comes together is looked at together: after, ms, and never more than a tenth of the time */
const SOON = 20
const SHARE = 10

/** A better relay takes the place of one that is held at most this often, ms: each time every member gets a new record of this site */
const IMPROVE = 300_000

export interface ReservationsComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  /** Own peer id */
  peerId: string
  /** Direct connection of the link to a site, if there is one, and its round trip time */
  linkTo(site: SiteId): { connection: Connection, rtt?: number } | undefined
  /** Ask for a link */
  want(site: SiteId): void
  /** Own addresses through relays are others now */
  onChange(addresses: string[]): void
  clock: Clock
  random: Random
  log: Log
}

/**
 * Keeps reservations at two relays for a site that cannot be reached. It never gives up:
 * what is lost (a relay restarted, a connection broke, the machine slept) is asked for
 * again as soon as there is a link to a member that relays, with a pause that grows.
 */
export class Reservations {
  readonly #components: ReservationsComponents
  readonly #holdings: Holdings
  #sleep: SleepWatch
  #timer: Timer | undefined
  #running = false
  #improved = 0
  /** A review is near */
  #soon = false
  #pause = SOON

  constructor (components: ReservationsComponents) {
    this.#components = components
    this.#holdings = new Holdings({ ...components, onRefused: () => { this.kick() } })
    this.#sleep = new SleepWatch(components.clock, REVIEW)
  }

  get held (): Reserved[] {
    return this.#holdings.held
  }

  get addresses (): string[] {
    return this.#holdings.addresses
  }

  /** For whoever asks why a site is reached, or is not */
  get view (): RelayedView {
    const candidates = candidatesOf(this.#components).map(({ site }) => site)

    return {
      needed: this.#running,
      wanted: WANTED,
      held: this.held,
      candidates,
      linked: candidates.filter(site => this.#components.linkTo(site) != null),
      troubles: candidates.flatMap(site => this.#holdings.trouble(site) ?? [])
    }
  }

  start (): void {
    const { clock } = this.#components
    this.#running = true
    this.#sleep = new SleepWatch(clock, REVIEW)
    this.#improved = clock.monotonic()
    this.kick()
  }

  stop (): void {
    this.#running = false
    this.#timer?.cancel()
    this.#holdings.stop()
  }

  /** A link came or went, or a record or the roster changed */
  kick (): void {
    if (this.#running && !this.#soon) {
      this.#soon = true
      this.#reviewIn(this.#pause)
    }
  }

  #reviewIn (ms: number): void {
    this.#timer?.cancel()
    this.#timer = this.#components.clock.setTimeout(() => { this.#review() }, ms)
  }

  #review (): void {
    const { clock } = this.#components
    const begin = clock.monotonic()
    this.#soon = false
    this.#reviewIn(REVIEW)
    this.#sleepCheck()
    this.#holdings.dropLost()
    this.#holdings.renewDue()
    this.#reserveMissing()
    // of thousands of members it takes a while
    this.#pause = Math.max(SOON, (clock.monotonic() - begin) * SHARE)
  }

  /** After a sleep the relays may have forgotten this site, and connections may be dead without knowing */
  #sleepCheck (): void {
    const off = this.#sleep.look()

    if (off != null) {
      this.#components.log.info({ drift: Math.round(off.drift), late: Math.round(off.late) }, 'this machine slept or its clock was set: reservations are renewed')
      this.#holdings.doubt()
    }
  }

  #reserveMissing (): void {
    const now = this.#components.clock.monotonic()
    const enough = this.#holdings.count >= WANTED

    if (enough && (now - this.#improved < IMPROVE || this.#holdings.asking)) {
      return
    }

    const candidates = candidatesOf(this.#components)
    const held = candidates.filter(({ site }) => this.#holdings.has(site))
    const free = ranked(candidates.filter(({ site }) => !this.#holdings.has(site)), held)

    for (let missing = WANTED - held.length; missing > 0; missing--) {
      // each choice counts for the next one
      const [next] = ranked(free.filter(({ site }) => !held.some(other => other.site === site) && this.#mayAsk(site, now)), held)

      if (next == null) {
        break
      }

      held.push(next)
      void this.#ask(next.site)
    }

    if (held.length < WANTED) {
      this.#wantOthers(free)
    } else if (enough) {
      this.#improved = now
      this.#improve(free, held, now)
    }
  }

  /** Who has no link yet may be the one; not the same ones for every site, nor for ever */
  #wantOthers (free: Candidate[]): void {
    const { random, want, linkTo } = this.#components
    const others = free.filter(({ site }) => linkTo(site) == null)
    const from = Math.floor(random.float() * others.length)
    const some = [...others.slice(from), ...others.slice(0, from)].slice(0, WANTED)
    some.forEach(({ site }) => { want(site) })
  }

  /** One more is reserved; when it is there, the one that it beats goes */
  #improve (free: Candidate[], held: Candidate[], now: number): void {
    const found = improvement(free, held, site => this.#mayAsk(site, now))

    if (found != null) {
      const { better, worst } = found
      this.#components.log.info({ relay: better.site, instead: worst.site }, 'a better relay is there')
      void this.#ask(better.site).then((granted) => {
        if (granted) {
          this.#holdings.release(worst.site)
        }
      })
    }
  }

  /** It has a link, and did not say no a moment ago */
  #mayAsk (site: SiteId, now: number): boolean {
    return this.#components.linkTo(site) != null && this.#holdings.mayAsk(site, now)
  }

  async #ask (site: SiteId): Promise<boolean> {
    const link = this.#components.linkTo(site)

    return link != null && this.#holdings.ask(site, link.connection)
  }
}

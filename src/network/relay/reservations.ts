import { backoff } from '../backoff.ts'
import { isRelayed } from '../paths/path.ts'
import { networkOf, ranked, shared } from './choose.ts'
import { RelayRefusedError } from './errors.ts'
import { reserve } from './reserve.ts'
import type { Candidate } from './choose.ts'
import type { Reserved } from './index.ts'
import type { Granted } from './reserve.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Membership } from '../../membership/index.ts'
import type { Connection } from '@libp2p/interface'

/** Relays that a site which cannot be reached is reached through, when there are so many */
const WANTED = 2

/** For one request, ms */
const REQUEST_TIMEOUT = 5_000

/** How often what is held is looked over, ms; news make it sooner */
const REVIEW = 5_000

/** What comes together is looked at together: after, ms, and never more than a tenth of the time */
const SOON = 20
const SHARE = 10

/** Held reservations are renewed after at most so long, whatever the relay's clock says, ms. @default 1_200_000 (20 min) */
const RENEW = 1_200_000
const RENEW_LEAST = 30_000

/** A relay that has no room is not asked again before, ms; twice as long each time */
const FULL_WAIT = 30_000

/** One that does not relay, or not for this site, ms */
const NOT_A_RELAY = 600_000

/** Longest wait of all, ms */
const LONGEST = 600_000

/** The clock and the timers drifted apart by so much: this machine slept, ms */
const SLEPT = 10_000

/** A better relay takes the place of one that is held at most this often, ms */
const IMPROVE = 60_000

/** Quicker by this factor, and by so many ms, is better */
const QUICKER = 2
const QUICKER_BY = 10

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

interface Held extends Reserved {
  connection: Connection
  /** Monotonic ms */
  renewAt: number
  expiresAt: number
}

interface Trouble {
  failures: number
  /** Monotonic ms */
  notBefore: number
}

/**
 * Keeps reservations at two relays for a site that cannot be reached. It never gives up:
 * what is lost (a relay restarted, a connection broke, the machine slept) is asked for
 * again as soon as there is a link to a member that relays, with a pause that grows.
 */
export class Reservations {
  readonly #components: ReservationsComponents
  readonly #held = new Map<SiteId, Held>()
  readonly #trouble = new Map<SiteId, Trouble>()
  readonly #asking = new Set<SiteId>()
  readonly #stopping = new AbortController()
  #timer: Timer | undefined
  #running = false
  #wall = 0
  #mono = 0
  #improved = 0
  /** A review is near */
  #soon = false
  #pause = SOON

  constructor (components: ReservationsComponents) {
    this.#components = components
  }

  get held (): Reserved[] {
    return [...this.#held.values()].map(({ relay, peer, addresses, since, renewed }) => ({ relay, peer, addresses, since, renewed }))
  }

  get addresses (): string[] {
    return [...this.#held.values()].flatMap(({ addresses }) => addresses)
  }

  start (): void {
    const { clock } = this.#components
    this.#running = true
    this.#wall = clock.now()
    this.#mono = clock.monotonic()
    this.#improved = this.#mono
    this.kick()
  }

  stop (): void {
    this.#running = false
    this.#timer?.cancel()
    this.#stopping.abort(new Error('the daemon stops'))
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
    this.#dropLost()
    this.#renewDue()
    this.#reserveMissing()
    // of thousands of members it takes a while
    this.#pause = Math.max(SOON, (clock.monotonic() - begin) * SHARE)
  }

  /** After a sleep the relays may have forgotten this site, and connections may be dead without knowing */
  #sleepCheck (): void {
    const { clock, log } = this.#components
    const wall = clock.now()
    const mono = clock.monotonic()
    const drift = Math.abs((wall - this.#wall) - (mono - this.#mono))
    const late = mono - this.#mono - REVIEW
    this.#wall = wall
    this.#mono = mono

    if (drift > SLEPT || late > SLEPT) {
      log.info({ drift: Math.round(drift), late: Math.round(late) }, 'this machine slept or its clock was set: reservations are renewed')
      this.#trouble.clear()

      for (const held of this.#held.values()) {
        held.renewAt = mono
      }
    }
  }

  #dropLost (): void {
    const { membership, clock, linkTo, log } = this.#components
    const now = clock.monotonic()
    let changed = false

    for (const [site, held] of this.#held) {
      const gone = membership.roster.standing(site) !== 'member'
        ? 'the relay is no member any more'
        : held.expiresAt <= now
          ? 'the reservation ran out'
          : held.connection.status !== 'open' ? 'the connection to the relay ended' : undefined

      if (gone != null) {
        this.#held.delete(site)
        changed = true
        log.info({ relay: site, reason: gone }, 'reservation lost')
      } else if (linkTo(site) != null && linkTo(site)?.connection !== held.connection && held.connection.status === 'open') {
        // the relay counts connections, not links: only the one that is looked after counts here
        held.renewAt = Math.min(held.renewAt, now)
      }
    }

    if (changed) {
      this.#changed()
    }
  }

  #renewDue (): void {
    const now = this.#components.clock.monotonic()

    for (const [site, held] of this.#held) {
      const link = this.#components.linkTo(site)

      if (held.renewAt <= now && link != null && this.#mayAsk(site, now)) {
        void this.#ask(site, link.connection)
      }
    }
  }

  #reserveMissing (): void {
    const { clock, random, want, linkTo } = this.#components
    const now = clock.monotonic()
    const enough = new Set([...this.#held.keys(), ...this.#asking]).size >= WANTED

    if (enough && (now - this.#improved < IMPROVE || this.#asking.size > 0)) {
      return
    }

    const candidates = this.#candidates()
    const held = candidates.filter(({ site }) => this.#held.has(site) || this.#asking.has(site))
    const free = ranked(candidates.filter(({ site }) => !this.#held.has(site) && !this.#asking.has(site)), held)

    for (let missing = WANTED - held.length; missing > 0; missing--) {
      // each choice counts for the next one
      const [next] = ranked(free.filter(({ site }) => !held.some(other => other.site === site) && this.#mayAsk(site, now) && linkTo(site) != null), held)

      if (next == null) {
        break
      }

      held.push(next)
      void this.#ask(next.site, linkTo(next.site)!.connection)
    }

    if (held.length < WANTED) {
      // who has no link yet may be the one; not the same ones for every site, nor for ever
      const others = free.filter(({ site }) => linkTo(site) == null)
      const from = Math.floor(random.float() * others.length)
      const some = [...others.slice(from), ...others.slice(0, from)].slice(0, WANTED)
      some.forEach(({ site }) => { want(site) })
    } else if (enough) {
      this.#improved = now
      this.#improve(free, held, now)
    }
  }

  /** One more is reserved; when it is there, the one that it beats goes */
  #improve (free: Candidate[], held: Candidate[], now: number): void {
    for (const worst of [...held].sort((a, b) => (b.rtt ?? 0) - (a.rtt ?? 0))) {
      const rest = held.filter(({ site }) => site !== worst.site)
      const better = ranked(free, rest).find(candidate => {
        const link = this.#components.linkTo(candidate.site)
        const apart = shared(candidate, rest) - shared(worst, rest)
        const quicker = candidate.rtt != null && worst.rtt != null && candidate.rtt * QUICKER < worst.rtt && candidate.rtt + QUICKER_BY < worst.rtt

        return link != null && this.#mayAsk(candidate.site, now) && (apart < 0 || (apart === 0 && quicker))
      })

      if (better != null) {
        this.#components.log.info({ relay: better.site, instead: worst.site }, 'a better relay is there')
        void this.#ask(better.site, this.#components.linkTo(better.site)!.connection).then((granted) => {
          if (granted && this.#held.delete(worst.site)) {
            this.#changed()
          }
        })
        return
      }
    }
  }

  #candidates (): Candidate[] {
    const { membership: { roster, records, self }, linkTo } = this.#components

    return roster.members()
      .filter(({ site }) => site !== self && roster.standing(site) === 'member')
      .map(({ site, organization }) => {
        const addresses = (records.get(site)?.addresses ?? []).filter(address => !isRelayed(address))

        return { site, organization, networks: [...new Set(addresses.map(networkOf))], rtt: linkTo(site)?.rtt }
      })
      .filter(({ networks }) => networks.length > 0)
  }

  #mayAsk (site: SiteId, now: number): boolean {
    return !this.#asking.has(site) && (this.#trouble.get(site)?.notBefore ?? 0) <= now
  }

  async #ask (site: SiteId, connection: Connection): Promise<boolean> {
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

      if (this.#trouble.has(site)) {
        // somebody else may have room
        queueMicrotask(() => { this.kick() })
      }
    }
  }

  #granted (site: SiteId, connection: Connection, { addresses, expires }: Granted): void {
    const { clock, random, log } = this.#components
    const now = clock.monotonic()
    const before = this.#held.get(site)
    // the relay's clock may be wrong by hours: what it says is taken within reason
    const life = Math.min(Math.max(expires - clock.now(), 2 * RENEW_LEAST), 3 * RENEW)
    const renew = Math.min(life / 2, RENEW)
    this.#trouble.delete(site)
    this.#held.set(site, {
      relay: site,
      peer: connection.remotePeer.toString(),
      addresses,
      since: before?.since ?? clock.now(),
      renewed: clock.now(),
      connection,
      renewAt: now + renew * (0.8 + 0.2 * random.float()),
      expiresAt: now + life
    })

    if (before == null) {
      log.info({ relay: site }, 'reserved at a relay')
    }

    if (before == null || before.addresses.join() !== addresses.join()) {
      this.#changed()
    }
  }

  #failed (site: SiteId, error: unknown): void {
    const { clock, random, log } = this.#components

    if (!this.#running) {
      return
    }

    const failures = (this.#trouble.get(site)?.failures ?? 0) + 1
    const refused = error instanceof RelayRefusedError
    const noRelay = (refused && !error.full) || (error instanceof Error && error.name === 'UnsupportedProtocolError')
    const wait = noRelay ? NOT_A_RELAY : refused ? Math.min(FULL_WAIT * 2 ** Math.min(failures - 1, 10), LONGEST) : backoff(failures, random)
    this.#trouble.set(site, { failures, notBefore: clock.monotonic() + wait * (0.75 + 0.25 * random.float()) })
    log.info({ relay: site, error: error instanceof Error ? error.message : String(error), wait: Math.round(wait) }, 'no reservation at a relay')

    if (refused && this.#held.delete(site)) {
      this.#changed()
    }
  }

  #changed (): void {
    this.#components.onChange(this.addresses)
  }
}

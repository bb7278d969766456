import { backoff } from './backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'

/** News of a site, or somebody who begins to wait for it, make it dialled early at most once in so long, ms */
const EARLY_EVERY = 30_000

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

/**
 * Of two ends that lost their link, the one with the greater peer id waits as after so many
 * failures: one second to two. When a relay goes all its circuits are made anew at once, and
 * on a busy machine the other end's needs a moment to get here
 */
const LOST_SECOND = 4

export interface TargetComponents {
  clock: Pick<Clock, 'monotonic'>
  random: Pick<Random, 'float'>
}

/** A site without a link: what waits for it, and when it is dialled next */
export class Target {
  /** Another order at each site, so that not all keep links to the same few */
  readonly rank: number
  dialing = false
  readonly #components: TargetComponents
  #wanted = false
  /** What waits for it also rests with keepers of mail */
  #eased = false
  #failures = 0
  /** Monotonic ms before which it is not dialled */
  #notBefore = 0
  /** While it is eased: monotonic ms before which it is not dialled */
  #easedUntil = 0
  /** Monotonic ms when something last made it dialled early */
  #early: number | undefined
  /** Monotonic ms when its link went down */
  #lost: number | undefined

  constructor (self: SiteId, site: SiteId, components: TargetComponents) {
    this.rank = rankOf(`${self} ${site}`)
    this.#components = components
  }

  /** Something waits for it */
  get wanted (): boolean {
    return this.#wanted
  }

  get failures (): number {
    return this.#failures
  }

  /** Monotonic ms */
  get dueAt (): number {
    return this.#eased ? Math.max(this.#notBefore, this.#easedUntil) : this.#notBefore
  }

  /** Whether the DHT is asked, too, at this attempt */
  get asks (): boolean {
    const every = this.#isCut() ? LOOK_UP_CUT : LOOK_UP

    return this.#failures % every === every - 1
  }

  /** True when that is a reason to look at it now */
  want (eased: boolean): boolean {
    const sooner = !this.#wanted || (this.#eased && !eased)
    this.#wanted = true
    this.#eased = eased

    // what failed while nobody waited says little of now; after a lost link the pause has its reason
    if (sooner && this.#failures > 0) {
      this.#hasten(0)
    }

    return sooner
  }

  /** Its link went down; `first`: of both ends this one dials, and the other only when nothing came of that */
  lost (first: boolean): void {
    const { clock, random } = this.#components
    this.#lost = clock.monotonic()
    this.#notBefore = this.#lost + backoff(first ? 1 : LOST_SECOND, random)
  }

  /** What is known of it changed */
  renewed (): void {
    if (!this.dialing) {
      this.#hasten(backoff(1, this.#components.random))
    }
  }

  /** An attempt is over; `outcast`: this site is no member itself, and waits so many ms */
  tried (outcast: number | undefined): void {
    const { clock, random } = this.#components
    const now = clock.monotonic()
    this.#failures++
    this.#notBefore = now + (this.#failures > CUT_FAILURES && outcast != null ? outcast : backoff(this.#isCut() ? Math.min(this.#failures, CUT_FAILURES) : this.#failures, random))
    this.#easedUntil = this.#eased ? now + EASED_LAST * (0.5 + random.float() / 2) : 0
  }

  /** One early attempt; further ones wait as before, however often there is a reason */
  #hasten (after: number): void {
    const now = this.#components.clock.monotonic()

    if (this.#early == null || now - this.#early >= EARLY_EVERY) {
      this.#early = now
      this.#easedUntil = 0
      this.#notBefore = Math.min(this.#notBefore, now + after)
    }
  }

  /** Something waits for it that was under way a while ago */
  #isCut (): boolean {
    return this.#wanted && !this.#eased && this.#lost != null && this.#components.clock.monotonic() - this.#lost < CUT
  }
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

import { Slots } from '../tasks/delivery/slots.ts'
import { announcesItself, keepersOf } from './keepers.ts'
import { leaveAt } from './leave.ts'
import { KEEPER_PAUSE, LEAVE_AT_ONCE, LEFT_AGAIN, LONGEST_AGAIN, MAIL_AT_ONCE, MAIL_COPIES, MAX_KEEPERS_TRIED, YES_AT_LEAST } from './limits.ts'
import type { MailContext } from './context.ts'
import type { Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { UnmailedItem } from '../store/index.ts'

/** Refusals that say nothing of the keeper's room, only of this one envelope */
const OF_THE_ENVELOPE = new Set(['mail-too-large', 'expired', 'too-far-ahead', 'busy'])

/** What is known of a site without a link */
interface Away {
  /** Monotonic ms */
  since: number
  /** Everything in the outbox up to here was looked at */
  after: number
  /** Rounds in which something found too few keepers, one after the other */
  failures: number
  /** Monotonic ms when it is looked at again from the beginning */
  again: number
}

/**
 * Leaves what waits for sites that cannot be reached at their keepers. It reads the
 * outbox beside the couriers and never settles anything there: these go on trying,
 * whatever a keeper says.
 */
export class Mailer {
  left = 0
  readonly #context: MailContext
  readonly #away = new Map<SiteId, Away>()
  /** Keepers, or keeper and site, that had no room: monotonic ms until when they are left alone */
  readonly #paused = new Map<string, number>()
  readonly #slots = new Slots(LEAVE_AT_ONCE)
  readonly #stopping = new AbortController()
  #ends: Array<() => void> = []
  #timer: Timer | undefined
  #round: Promise<void> = Promise.resolve()

  constructor (context: MailContext) {
    this.#context = context
  }

  start (): void {
    const { links, membership } = this.#context
    this.#ends = [
      links.linkUp.subscribe((site) => {
        this.#away.delete(site)
        this.#paused.delete(site)

        // a keeper, perhaps: what found none is tried again
        this.#afresh(this.#away.keys())
      }),
      links.linkDown.subscribe((site) => { this.#gone(site) }),
      // it may name other keepers now, or keep mail itself; one that is revoked keeps nothing
      membership.records.changed.subscribe(({ site }) => { this.#afresh(announcesItself(site, membership.records) ? this.#away.keys() : [site]) }),
      membership.roster.changed.subscribe(() => { this.#afresh(this.#away.keys()) })
    ]
    this.#look()
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new Error('the daemon stops'))
    this.#ends.forEach(end => { end() })
    this.#timer?.cancel()
    await this.#round
  }

  /** Looked at from the beginning with the next look */
  #afresh (sites: Iterable<SiteId>): void {
    for (const site of sites) {
      const away = this.#away.get(site)

      if (away != null) {
        away.again = 0
      }
    }
  }

  #gone (site: SiteId): Away {
    const away = this.#away.get(site) ?? { since: this.#context.clock.monotonic(), after: 0, failures: 0, again: this.#context.clock.monotonic() + LEFT_AGAIN }
    this.#away.set(site, away)

    return away
  }

  /** Every so often: which sites have been away for long enough */
  #look (): void {
    const { clock, log, config } = this.#context

    this.#round = this.#all().catch((err) => {
      if (!this.#stopping.signal.aborted) {
        log.error({ err }, 'mail could not be left at keepers, trying again')
      }
    }).then(() => {
      if (!this.#stopping.signal.aborted) {
        this.#timer = clock.setTimeout(() => { this.#look() }, Math.max(50, Math.min(config.after / 4, 5_000)))
      }
    })
  }

  async #all (): Promise<void> {
    const { membership: { roster }, links, clock, self, config } = this.#context
    const serving: Array<Promise<void>> = []
    const errors: unknown[] = []

    for (const { site } of roster.members()) {
      if (this.#stopping.signal.aborted) {
        break
      }

      if (site === self || links.isUp(site) || roster.standing(site) !== 'member') {
        this.#away.delete(site)
        continue
      }

      const away = this.#gone(site)
      const now = clock.monotonic()

      if (now - away.since >= config.after) {
        const release = await this.#slots.take()
        serving.push(this.#serve(site, away).catch((err) => { errors.push(err) }).finally(release))
      }
    }

    await Promise.all(serving)

    if (errors.length > 0) {
      throw errors[0]
    }
  }

  /** Page by page, until everything is at enough keepers or none is left to ask */
  async #serve (site: SiteId, away: Away): Promise<void> {
    const { store, clock, membership, links, random, config } = this.#context
    const keepers = keepersOf(site, membership)
    const copies = Math.min(MAIL_COPIES, keepers.length)

    if (copies === 0) {
      return
    }

    const fromStart = clock.monotonic() >= away.again
    let missing = 0

    if (fromStart) {
      away.after = 0
      away.again = clock.monotonic() + LEFT_AGAIN
    }

    while (!links.isUp(site) && !this.#stopping.signal.aborted) {
      const now = Math.floor(clock.now())
      const page = await store.listUnmailed({ site, after: away.after, limit: MAIL_AT_ONCE, now, copies, since: now - LEFT_AGAIN, keepers })

      if (page.length === 0) {
        break
      }

      const offered = await this.#offer(site, keepers, copies, page)
      missing += offered.missing

      if (offered.cut) {
        // its turn was over while it went on: not one that found nobody
        away.again = Math.min(away.again, clock.monotonic() + KEEPER_PAUSE)
      }

      if (offered.missing > 0 && !offered.usable) {
        break
      }

      away.after = page[page.length - 1].item.seq
    }

    if (missing > 0) {
      // whoever found none waits longer each time; what is new does not wait for that
      away.failures += fromStart ? 1 : 0
      const pause = Math.min(config.after * 2 ** Math.min(away.failures, 20), LONGEST_AGAIN)
      away.again = Math.min(away.again, clock.monotonic() + pause * (0.5 + random.float() / 2))
    } else if (fromStart) {
      away.failures = 0
    }
  }

  /** One page to one keeper after the other. `usable`: some keeper can still be asked for more; `cut`: one was not done when its turn was over */
  async #offer (site: SiteId, keepers: SiteId[], copies: number, page: UnmailedItem[]): Promise<{ missing: number, usable: boolean, cut: boolean }> {
    const { links, log } = this.#context
    let asked = 0
    let cut = false

    for (const keeper of keepers) {
      const wanting = page.filter(({ keepers }) => keepers.length < copies && !keepers.includes(keeper))

      if (wanting.length === 0 || asked >= MAX_KEEPERS_TRIED) {
        continue
      }

      if (!links.isUp(keeper)) {
        links.want(keeper)
        continue
      }

      if (this.#isPaused(keeper, site)) {
        continue
      }

      asked++

      try {
        if (!await this.#leave(site, keeper, wanting)) {
          cut = true
          this.#pause(keeper)
        }
      } catch (err) {
        if (this.#stopping.signal.aborted) {
          break
        }

        log.debug({ err, keeper, site }, 'a keeper could not be asked: the next one is')
        this.#pause(keeper)
      }
    }

    return {
      missing: page.filter(({ keepers }) => keepers.length < copies).length,
      cut,
      usable: keepers.some(keeper => links.isUp(keeper) && !this.#isPaused(keeper, site))
    }
  }

  async #leave (site: SiteId, keeper: SiteId, wanting: UnmailedItem[]): Promise<boolean> {
    const { store, clock, log } = this.#context
    const keepersOfItem = new Map(wanting.map(({ item, keepers }) => [item, keepers]))

    return leaveAt(this.#context, keeper, wanting.map(({ item }) => item), async (item, left) => {
      if (left.kind === 'stored') {
        this.left++
        keepersOfItem.get(item)?.push(keeper)
        const now = Math.floor(clock.now())
        await store.mailLeft({ envelopeId: item.envelopeId, keeper, at: now, until: Math.min(item.expires, Math.max(left.until, now + YES_AT_LEAST)) })
      }

      if (left.kind === 'refused') {
        log.debug({ keeper, site, task: item.task.id, reason: left.reason }, 'a keeper did not take an envelope')

        if (!OF_THE_ENVELOPE.has(left.reason)) {
          this.#pause(left.reason === 'quota-recipient' || left.reason === 'no-member' || left.reason === 'for-me' ? `${keeper} ${site}` : keeper)
          return false
        }
      }

      return true
    }, this.#stopping.signal)
  }

  #pause (key: string): void {
    const now = this.#context.clock.monotonic()
    this.#paused.set(key, now + KEEPER_PAUSE)

    for (const [other, until] of this.#paused) {
      if (until <= now) {
        this.#paused.delete(other)
      }
    }
  }

  #isPaused (keeper: SiteId, site: SiteId): boolean {
    const now = this.#context.clock.monotonic()

    return [keeper, `${keeper} ${site}`].some(key => (this.#paused.get(key) ?? 0) > now)
  }
}

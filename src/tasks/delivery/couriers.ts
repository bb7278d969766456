import { AtHand } from './at-hand.ts'
import { Courier } from './courier.ts'
import { BULK_OVERALL } from './limits.ts'
import { Lives } from './lives.ts'
import { parkedBecause } from './parked.ts'
import { createSettle } from './settle.ts'
import { Slots } from './slots.ts'
import type { Committed } from './at-hand.ts'
import type { DeliveryContext } from './context.ts'
import type { Settle } from './settle.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { EnvelopeComponents } from '../../envelope/index.ts'
import type { TaskKey } from '../../store/index.ts'
import type { Kicks } from '../context.ts'

/** Shortest pause until a site whose admission has not begun is judged again, ms */
const NOT_YET_PAUSE = 1_000

/**
 * One courier for each site that something waits for, made on demand and forgotten
 * when it is done. Links and the roster are watched here, once for all of them.
 */
export class Couriers implements Kicks {
  readonly settle: Settle
  readonly #context: DeliveryContext
  readonly #couriers = new Map<SiteId, Courier>()
  readonly #bulk = new Slots(BULK_OVERALL)
  readonly #atHand = new AtHand()
  /** Sites whose admission begins later: no event says that it has begun */
  readonly #notYet = new Map<SiteId, Timer>()
  /** Since when sites are without a link, Unix ms */
  readonly #down = new Map<SiteId, number>()
  /** Sites that were restored from a backup */
  readonly #lives: Lives
  #ends: Array<() => void> = []
  #started = 0
  #running = false
  #rosterWork: Promise<void> = Promise.resolve()

  constructor (context: DeliveryContext, envelopes: EnvelopeComponents) {
    this.#context = context
    this.#lives = new Lives(context, (site) => {
      this.#couriers.get(site)?.restart()
      this.kick(site)
    })
    this.settle = createSettle(context, envelopes, (site) => this.#couriers.get(site))
  }

  async start (): Promise<void> {
    const { links, membership, store, clock } = this.#context
    this.#started = clock.now()
    this.#running = true
    this.#lives.start()
    this.#ends = [
      links.linkUp.subscribe((site) => {
        this.#down.delete(site)
        this.#couriers.get(site)?.restart()
        this.#lives.heard(site)
      }),
      links.linkDown.subscribe((site) => {
        this.#down.set(site, clock.now())
        this.#couriers.get(site)?.restart()
      }),
      membership.roster.changed.subscribe(({ sites }) => { this.#standingChanged(sites) }),
      membership.records.changed.subscribe(({ site }) => { this.#couriers.get(site)?.kick() })
    ]

    // what was parked in an earlier life may go on; who is no member any more is parked on its first round
    this.#standingChanged(membership.roster.members().map(({ site }) => site))
    await this.#rosterWork

    for (const { site } of await store.outboxSites({ now: clock.now() })) {
      this.kick(site)
    }
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#ends.forEach((end) => { end() })
    this.#ends = []
    this.#notYet.forEach((timer) => { timer.cancel() })
    this.#notYet.clear()
    const couriers = [...this.#couriers.values()]
    this.#couriers.clear()
    await Promise.all([this.#lives.stop(), this.#rosterWork, ...couriers.map(async (courier) => courier.stop())])
  }

  kick (site: SiteId, content?: Committed): void {
    if (!this.#running || site === this.#context.self) {
      return
    }

    let courier = this.#couriers.get(site)

    if (courier == null) {
      courier = new Courier(this.#context, {
        site,
        bulk: this.#bulk,
        atHand: this.#atHand,
        settle: this.settle,
        onIdle: () => { this.#couriers.delete(site) }
      })
      this.#couriers.set(site, courier)
    }

    courier.kick(content)
  }

  nextTry (site: SiteId, task: TaskKey): number | undefined {
    return this.#context.links.isUp(site) ? this.#couriers.get(site)?.nextTry(task) : undefined
  }

  note (site: SiteId, task: TaskKey): string | undefined {
    const { links, membership } = this.#context
    const standing = membership.roster.standing(site)

    if (site === this.#context.self || standing !== 'member') {
      return undefined
    }

    if (!links.isUp(site)) {
      const since = this.#down.get(site)

      return since == null
        ? `no link since this daemon started at ${new Date(this.#started).toISOString()}`
        : `no link since ${new Date(since).toISOString()}`
    }

    return this.#couriers.get(site)?.note(task)
  }

  /** One after the other: parking must not overtake unparking */
  #standingChanged (sites: SiteId[]): void {
    this.#rosterWork = this.#rosterWork.then(async () => {
      for (const site of sites) {
        await this.#judge(site)
      }
    })
  }

  async #judge (site: SiteId): Promise<void> {
    const { membership, store, clock, log, self } = this.#context

    if (site === self || !this.#running) {
      return
    }

    this.#judgeAgain(site)

    try {
      if (membership.roster.standing(site) !== 'member') {
        // its courier sees it too, and parks
        this.#couriers.get(site)?.restart()
        await store.parkDeliveries({ site, reason: parkedBecause(membership.roster.standing(site)), now: clock.now() })
      } else if (await store.unparkDeliveries({ site, now: clock.now() }) > 0) {
        log.info({ site }, 'a site is a member again: what was parked for it is sent')
        this.#couriers.get(site)?.restart()
        this.kick(site)
      }
    } catch (err) {
      log.error({ err, site }, 'deliveries of a site whose standing changed could not be settled')
    }
  }

  /** When its admission begins */
  #judgeAgain (site: SiteId): void {
    const { membership, clock } = this.#context
    this.#notYet.get(site)?.cancel()
    this.#notYet.delete(site)

    if (membership.roster.standing(site) === 'not-yet') {
      const pause = (membership.roster.member(site)?.notBefore ?? 0) - clock.now()
      this.#notYet.set(site, clock.setTimeout(() => { this.#standingChanged([site]) }, Math.max(pause, NOT_YET_PAUSE)))
    }
  }
}

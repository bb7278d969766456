import { SMALL } from '../../envelope/index.ts'
import { BulkSender } from './bulk-sender.ts'
import { Flights } from './flights.ts'
import { WINDOW_COUNT } from './limits.ts'
import { parkedBecause } from './parked.ts'
import { prepare } from './prepare.ts'
import type { AtHand, Committed } from './at-hand.ts'
import type { DeliveryContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Settle } from './settle.ts'
import type { Slots } from './slots.ts'
import type { Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { OutboxContent, OutboxItem, TaskKey } from '../../store/index.ts'

export interface CourierInit {
  site: SiteId
  /** Bulk channels of all couriers together */
  bulk: Slots
  /** Bodies in memory, of all couriers together */
  atHand: AtHand
  settle: Settle
  /** Nothing is left to do: forget this courier */
  onIdle(): void
}

/** What is sent next; with its content when that is at hand */
interface Waiting {
  item: OutboxItem
  content?: OutboxContent
}

/** How long a courier with nothing to do is kept, ms */
const IDLE = 10_000

/** Pause when the link's queue is full, ms */
const QUEUE_FULL = 50

/** Pause between two calls for a link that does not come, and between two looks whether all that waits rests with keepers of mail, ms */
const WANT_AGAIN = 30_000

/**
 * Brings one site what waits for it: pulls the outbox in order, keeps a bounded
 * window of unanswered envelopes, tries again what was refused for now or whose
 * receipt was lost. All it knows is in memory; what must survive is in the outbox,
 * so after a cut or a restart it begins at the outbox's start.
 */
export class Courier {
  readonly #context: DeliveryContext
  readonly #init: CourierInit
  readonly #bulk: BulkSender
  readonly #flights: Flights
  /** Last place in the outbox that was looked at */
  #cursor = 0
  /** Nothing is behind the cursor */
  #exhausted = false
  /** Committed just now and not looked at in the outbox */
  #express: OutboxContent[] = []
  #pumping?: Promise<void>
  #again = false
  /** Something may be new: nobody has looked whether keepers have it */
  #fresh = true
  /** Counts the links: what was prepared for an earlier one is thrown away */
  #epoch = 0
  #timer?: Timer
  #stopped = false

  constructor (context: DeliveryContext, init: CourierInit) {
    this.#context = context
    this.#init = init
    this.#flights = new Flights(context)
    this.#bulk = new BulkSender(context, {
      site: init.site,
      slots: init.bulk,
      atHand: init.atHand,
      settle: init.settle,
      onRoom: (skipped) => {
        if (skipped) {
          this.#cursor = 0
          this.#exhausted = false
        }

        this.#pump()
      }
    })
  }

  /**
   * Something new is in the outbox, or something can be tried again. When nothing else
   * waits and the content is at hand, the outbox need not be read for it.
   */
  kick (content?: Committed): void {
    this.#fresh = true

    if (content != null && this.#exhausted && content.item.size > SMALL) {
      this.#bulk.add(content.item, content)
    } else if (content != null && this.#exhausted && this.#express.length < WINDOW_COUNT) {
      this.#express.push(content)
    } else {
      this.#exhausted = false
    }

    this.#pump()
  }

  /** The link is another one, or none: everything that is not settled is to send again */
  restart (): void {
    this.#epoch++
    this.#flights.clear()
    this.#express = []
    this.#bulk.restart()
    this.#cursor = 0
    this.kick()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    this.#flights.clear()
    await Promise.all([this.#pumping, this.#bulk.stop()])
  }

  /** The recipient has it, or never will, and the store knows */
  settled (envelopeId: Uint8Array): void {
    this.#flights.delete(envelopeId)
    this.#bulk.settled(envelopeId)
    this.#pump()
  }

  /** The recipient said: not now */
  refusedForNow (envelopeId: Uint8Array, reason: string): void {
    if (this.#flights.refused(envelopeId, `refused for now: ${reason}`)) {
      this.#pump()
    }

    this.#bulk.refusedForNow(envelopeId, reason)
  }

  /** ms until an envelope of this task is tried again, when that is known */
  nextTry (task: TaskKey): number | undefined {
    return this.#flights.next(task)
  }

  note (task: TaskKey): string | undefined {
    return this.#flights.note(task) ?? this.#bulk.note(task)
  }

  #pump (): void {
    if (this.#stopped) {
      return
    }

    if (this.#pumping != null) {
      this.#again = true
      return
    }

    this.#pumping = this.#run()
  }

  async #run (): Promise<void> {
    let failed = false

    try {
      do {
        this.#again = false
        await this.#round()
      } while (this.#again && !this.#stopped)
    } catch (err) {
      failed = true
      this.#context.log.error({ err, site: this.#init.site }, 'delivery to a site stumbled, trying again')
    }

    this.#pumping = undefined

    if (this.#stopped) {
      return
    }

    this.#arm(failed)
  }

  get #idle (): boolean {
    return this.#exhausted && this.#express.length === 0 && this.#flights.size === 0 && this.#bulk.idle
  }

  /** Kept for a while after its last envelope: the next one finds an outbox known to be empty */
  #endIfIdle (): void {
    if (this.#idle && this.#pumping == null) {
      this.#stopped = true
      this.#init.onIdle()
    } else {
      this.#pump()
    }
  }

  async #round (): Promise<void> {
    const { links, membership, store, clock } = this.#context
    const { site } = this.#init
    const standing = membership.roster.standing(site)

    if (standing !== 'member') {
      await store.parkDeliveries({ site, reason: parkedBecause(standing), now: clock.now() })
      this.#flights.clear()
      this.#express = []
      this.#bulk.restart()
      this.#exhausted = true
      return
    }

    while (!this.#stopped && links.isUp(site)) {
      const epoch = this.#epoch
      const batch = await this.#next()

      if (batch.length === 0) {
        this.#bulk.run()
        return
      }

      const prepared = await Promise.all(batch.map(async ({ item, content }) => this.#prepare(item, content)))

      if (epoch !== this.#epoch || this.#stopped) {
        // thrown away, and behind the cursor: to be found again
        this.#cursor = 0
        this.#exhausted = false
        continue
      }

      for (let i = 0; i < batch.length; i++) {
        this.#dispatch(batch[i].item, prepared[i])
      }
    }

    await this.#lookWithoutLink()

    if (!this.#idle) {
      links.want(site, await this.#rests())
    }
  }

  /**
   * Whether everything that waits also rests with a keeper of mail: its word slows the tries,
   * and never ends them. What is new is tried as ever; it is looked at with the next timer,
   * for a look costs a row for each that waits.
   */
  async #rests (): Promise<boolean> {
    const { store, clock } = this.#context

    if (this.#fresh) {
      this.#fresh = false

      return false
    }

    const unmailed = await store.listUnmailed({ site: this.#init.site, after: 0, limit: 1, now: clock.now(), copies: 1, since: 0 })

    return unmailed.length === 0
  }

  /** Nobody asks for a link, again and again, for which nothing waits */
  async #lookWithoutLink (): Promise<void> {
    const { store, clock } = this.#context

    if (!this.#exhausted) {
      const [first] = await store.listOutbox({ site: this.#init.site, after: 0, limit: 1, now: clock.now() })
      // a kick while we read may be for a row that we missed
      this.#exhausted = first == null && !this.#again
    }
  }

  /** What to send now, in order: repeats that are due, else what is new */
  async #next (): Promise<Waiting[]> {
    const { store, clock } = this.#context
    const due = this.#flights.due()

    if (due.length > 0) {
      return due.map((item) => ({ item }))
    }

    if (this.#express.length > 0) {
      return this.#express.splice(0, this.#flights.room()).map((content) => ({ item: content.item, content }))
    }

    while (!this.#exhausted) {
      const room = this.#flights.room()

      if (room === 0) {
        return []
      }

      const epoch = this.#epoch
      const page = await store.listOutbox({ site: this.#init.site, after: this.#cursor, limit: room, now: clock.now() })

      if (epoch !== this.#epoch) {
        continue
      }

      // a kick while we read may be for a row that this page missed: then it stays open
      this.#exhausted = page.length < room && !this.#again
      this.#cursor = page.at(-1)?.seq ?? this.#cursor
      const fresh = page.filter((item) => !this.#flights.has(item) && !this.#bulk.has(item) && !this.#isBulk(item))

      if (fresh.length > 0) {
        return fresh.map((item) => ({ item }))
      }

      if (page.length === 0) {
        return []
      }
    }

    return []
  }

  #isBulk (item: OutboxItem): boolean {
    if (item.size > SMALL) {
      this.#bulk.add(item)
    }

    return item.size > SMALL
  }

  async #prepare (item: OutboxItem, content?: OutboxContent): Promise<Prepared | undefined> {
    try {
      return await prepare(this.#context, item, content)
    } catch (err) {
      // one row that cannot be sealed must not hold up the others
      this.#context.log.error({ err, site: item.site, task: item.task.id }, 'an envelope could not be sealed, trying again later')
    }
  }

  #dispatch (item: OutboxItem, prepared: Prepared | undefined): void {
    switch (prepared?.kind) {
      case 'gone':
        this.#flights.delete(item.envelopeId)
        break
      case 'bulk':
        this.#flights.delete(item.envelopeId)
        this.#bulk.add(item)
        break
      case 'small':
        if (this.#context.links.send(item.site, { envelope: prepared.frame })) {
          this.#flights.sent(item, prepared.size)
        } else {
          this.#flights.later(item, 'the queue of the link is full', QUEUE_FULL)
        }

        break
      case 'no-key':
        this.#flights.later(item, 'no encryption key of the site is known here yet')
        break
      default:
        this.#flights.later(item, 'could not be sealed: see the log')
    }
  }

  /** One timer for whatever is due first */
  #arm (failed: boolean): void {
    const { clock, links, random } = this.#context
    const pauses = this.#flights.size > 0 ? [this.#flights.pause()] : []

    if (failed || (!links.isUp(this.#init.site) && !this.#idle)) {
      pauses.push(failed ? 1_000 : WANT_AGAIN * (0.75 + random.float() / 2))
    }

    this.#timer?.cancel()

    if (pauses.length > 0) {
      this.#timer = clock.setTimeout(() => { this.#pump() }, Math.max(1, Math.min(...pauses)))
    } else if (this.#idle) {
      this.#timer = clock.setTimeout(() => { this.#endIfIdle() }, IDLE)
    }
  }
}

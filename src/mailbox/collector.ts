import { LogLimit } from '../protocols/log-limit.ts'
import { MailProtocolError } from '../protocols/mailbox/messages.ts'
import { RateLimit } from '../protocols/rate-limit.ts'
import { Slots } from '../tasks/delivery/slots.ts'
import { collect } from './collect.ts'
import { keepersOf } from './keepers.ts'
import { COLLECT_AT_ONCE, COLLECT_EVERY, COLLECT_TURN, LIAR_PAUSE, MAX_LIES, NUDGES } from './limits.ts'
import type { MailContext } from './context.ts'
import type { Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'

interface Round {
  /** Asked for once more while it ran */
  again: boolean
}

/** Keepers that a site on its own wants links to */
const WANTED = 4

/** Collects this site's mail: on start, with each link to a keeper, on a nudge, and every now and then */
export class Collector {
  collected = 0
  readonly lies: Record<SiteId, number> = {}
  readonly #context: MailContext
  readonly #rounds = new Map<SiteId, Round>()
  readonly #slots = new Slots(COLLECT_AT_ONCE)
  readonly #running = new Set<Promise<void>>()
  /** Keepers that are not asked now: monotonic ms until when */
  readonly #liars = new Map<SiteId, number>()
  readonly #nudges: RateLimit
  readonly #logs: LogLimit
  readonly #stopping = new AbortController()
  #ends: Array<() => void> = []
  #timer: Timer | undefined

  constructor (context: MailContext) {
    this.#context = context
    this.#nudges = new RateLimit(context.clock, NUDGES)
    this.#logs = new LogLimit(context.clock)
  }

  start (): void {
    const { links, membership } = this.#context
    this.#ends = [
      links.linkUp.subscribe((site) => {
        if (this.keepers().includes(site)) {
          this.from(site)
        }
      }),
      membership.records.changed.subscribe(({ site }) => {
        if (links.isUp(site) && this.keepers().includes(site)) {
          this.from(site)
        }
      })
    ]
    this.#all()
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new Error('the daemon stops'))
    this.#ends.forEach(end => { end() })
    this.#timer?.cancel()
    await Promise.all(this.#running)
  }

  keepers (): SiteId[] {
    const { membership } = this.#context

    return keepersOf(membership.self, membership)
  }

  /** Any member may say that it keeps mail for this site: who sent it may know other keepers than this site does */
  nudged (site: SiteId): void {
    if (this.#nudges.take(site)) {
      this.from(site)
    }
  }

  from (keeper: SiteId): void {
    if (this.#stopping.signal.aborted || (this.#liars.get(keeper) ?? 0) > this.#context.clock.monotonic()) {
      return
    }

    const round = this.#rounds.get(keeper)

    if (round != null) {
      round.again = true
      return
    }

    this.#rounds.set(keeper, { again: false })
    const work: Promise<void> = this.#round(keeper).finally(() => { this.#running.delete(work) })
    this.#running.add(work)
  }

  #all (): void {
    const { links, clock, random } = this.#context
    const keepers = this.keepers()
    keepers.filter(site => links.isUp(site)).forEach(site => { this.from(site) })
    keepers.filter(site => !links.isUp(site)).slice(0, WANTED).forEach(site => { links.want(site) })
    this.#timer = clock.setTimeout(() => { this.#all() }, COLLECT_EVERY * (0.75 + random.float() / 2))
  }

  async #round (keeper: SiteId): Promise<void> {
    const { log, clock } = this.#context
    const release = await this.#slots.take()
    const over = new AbortController()
    const turn = clock.setTimeout(() => { over.abort(new Error('others wait for their turn')) }, COLLECT_TURN)
    let lies = 0

    const note = (what: string): void => {
      this.lies[keeper] = (this.lies[keeper] ?? 0) + 1

      if (this.#logs.take(keeper) != null) {
        log.warn({ keeper, what }, 'a keeper of mail said what cannot be true: nothing was taken from it for that')
      }
    }

    const blame = (what: string): void => {
      lies++
      note(what)
    }

    try {
      await collect(this.#context, { keeper, signal: AbortSignal.any([this.#stopping.signal, over.signal]), onLie: blame, onSpoilt: note, onCollected: () => { this.collected++ } })
    } catch (err) {
      if (err instanceof MailProtocolError) {
        blame(err.message)
      }

      log.debug({ err, keeper }, 'mail could not be collected: the next link, nudge or turn tries again')
    } finally {
      turn.cancel()
      release()
    }

    if (lies >= MAX_LIES) {
      this.#liars.set(keeper, this.#context.clock.monotonic() + LIAR_PAUSE)
    }

    const again = this.#rounds.get(keeper)?.again === true || over.signal.aborted
    this.#rounds.delete(keeper)

    if (again && lies === 0) {
      this.from(keeper)
    }
  }
}

import { resultsOf, tasksOf } from '../events/index.ts'
import type { Kicks } from './context.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { EventBus } from '../events/index.ts'
import type { EndLeasesOutcome, Store } from '../store/index.ts'

/** Leases and backoffs that end in one step: a commit of so many holds nobody up */
export const LEASE_STEP = 50

/** Pause after a step that failed, ms */
const STUMBLED = 1_000

/** A timer fires a little early now and then, ms */
const SOONEST = 10

/** Longest sleep without a look, ms: the clock may have been set forward meanwhile */
const LONGEST = 60_000

export interface LeasesComponents {
  self: SiteId
  store: Pick<Store, 'endLeases' | 'nextLeaseEnd' | 'incarnation'>
  events: EventBus
  couriers: Pick<Kicks, 'kick'>
  clock: Clock
  random: Random
  log: Log
}

/**
 * Offers tasks again whose worker fell silent, or whose backoff is over. What is to end,
 * and when, is in the store, so a restart forgets nothing; here is one timer for the
 * first of them.
 */
export class Leases {
  readonly #components: LeasesComponents
  #timer?: Timer
  /** When the timer fires, Unix ms */
  #at = Infinity
  #running?: Promise<void>
  /** Between the first step, or the start, and the timer that follows */
  #busy = true
  /** The first end that was told of since the store was last asked, Unix ms */
  #told = Infinity
  #stopped = true

  constructor (components: LeasesComponents) {
    this.#components = components
  }

  async start (): Promise<void> {
    this.#stopped = false
    await this.#look()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#running
  }

  /** A lease was taken or a backoff began: it ends at `at`, Unix ms */
  expect (at: number | undefined): void {
    if (at == null) {
      return
    }

    // the store may have been read just before it was written there
    if (this.#busy) {
      this.#told = Math.min(this.#told, at)
    } else if (at < this.#at) {
      this.#arm(at)
    }
  }

  #arm (at: number): void {
    const { clock } = this.#components
    this.#timer?.cancel()
    this.#at = at

    if (!this.#stopped) {
      const pause = Math.min(Math.max(at - clock.now(), SOONEST), LONGEST)
      this.#timer = clock.setTimeout(() => { this.#running ??= this.#run() }, pause)
    }
  }

  async #run (): Promise<void> {
    this.#busy = true

    try {
      let more = true

      while (more && !this.#stopped) {
        more = await this.#step()
      }
    } catch (err) {
      this.#components.log.error({ err }, 'leases could not be ended, trying again')
    }

    await this.#look()
    this.#running = undefined
  }

  /** Arms the timer for whatever ends first */
  async #look (): Promise<void> {
    const { store, clock, log } = this.#components
    let next: number
    this.#told = Infinity

    try {
      next = await store.nextLeaseEnd({}) ?? clock.now() + LONGEST
    } catch (err) {
      log.error({ err }, 'leases could not be read, trying again')
      next = clock.now() + STUMBLED
    }

    this.#busy = false
    this.#arm(Math.min(next, this.#told))
  }

  async #step (): Promise<boolean> {
    const { self, store, clock, random } = this.#components
    const now = clock.now()
    const next = await store.nextLeaseEnd({})

    if (next == null || next > now) {
      return false
    }

    const outcome = await store.endLeases({
      now,
      deliveries: Array.from({ length: LEASE_STEP }, () => ({ envelopeId: random.bytes(16), seed: random.bytes(32) })),
      incarnation: store.incarnation,
      self
    })

    this.#tell(outcome)

    return outcome.more
  }

  #tell ({ offered, failed }: EndLeasesOutcome): void {
    const { events, couriers } = this.#components

    for (const { task, recipient, from, to, seq } of offered) {
      events.emit(tasksOf(recipient), { kind: 'task', task, seq, from, to, again: true })
    }

    for (const { result, delivery } of failed) {
      if (delivery == null) {
        events.emit(resultsOf(result.task), { kind: 'result', result })
      } else {
        couriers.kick(delivery.site)
      }
    }
  }
}

import type { Wait } from './index.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Event, EventBus } from '../events/index.ts'

export interface HoldComponents {
  events: EventBus
  clock: Clock
}

export interface HoldInit {
  /** What to listen to */
  key: string
  wait: Wait
  /** Wait without a time, ms */
  longest: number
  /**
   * The place in the order of arrival of an event that counts, 'end' for one that
   * ends the wait, undefined for one that means nothing here
   */
  select(event: Event): number | 'end' | undefined
}

/** Beam waits only when it is told how long or for how many */
export function waits (wait: Wait): boolean {
  return wait.count != null || wait.time != null
}

/**
 * One wait by Beam's rules. It listens from its construction on, before the caller
 * reads: what is stored between the two is counted by its place in the order of
 * arrival, exactly once. With a time alone it ends when the time is over, however
 * much is there; with a count it ends as soon as so many were seen.
 * The client's leaving and the daemon's draining end it too.
 */
export class Hold {
  readonly ended: Promise<void>
  readonly #end: () => void
  readonly #unsubscribe: () => void
  readonly #timer: Timer
  readonly #signal: AbortSignal
  /** Places of events seen before it was known how many are needed; none are kept when time alone decides */
  #early?: number[]
  #need?: { count: number, after: number }

  constructor (components: HoldComponents, init: HoldInit) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.#early = init.wait.count == null ? undefined : []
    this.#end = () => { resolve() }
    this.#unsubscribe = components.events.subscribe(init.key, (event) => {
      this.#seen(event.kind === 'drain' ? 'end' : init.select(event))
    })
    this.#timer = components.clock.setTimeout(this.#end, init.wait.time ?? init.longest)
    this.#signal = init.wait.signal
    this.#signal.addEventListener('abort', this.#end)

    if (this.#signal.aborted) {
      resolve()
    }
  }

  /** End when `count` more came after `after`, the last place that the caller has read */
  need (count: number, after: number): void {
    this.#need = { count, after }
    const early = this.#early ?? []
    this.#early = undefined

    for (const seq of early) {
      this.#seen(seq)
    }
  }

  close (): void {
    this.#unsubscribe()
    this.#timer.cancel()
    this.#signal.removeEventListener('abort', this.#end)
    this.#end()
  }

  #seen (what: number | 'end' | undefined): void {
    if (what === 'end') {
      this.#end()
    } else if (what != null && this.#need == null) {
      this.#early?.push(what)
    } else if (what != null && this.#need != null && what > this.#need.after && --this.#need.count <= 0) {
      this.#end()
    }
  }
}

/** Highest place among items that were read */
export function lastSeq (items: Array<{ seq: number }>): number {
  return items.reduce((last, { seq }) => Math.max(last, seq), 0)
}

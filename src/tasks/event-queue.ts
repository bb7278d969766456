import { rowBytes } from '../store/row-bytes.ts'
import { KEEP_ALIVE, MAX_STREAM_BYTES, MAX_STREAM_QUEUE } from './limits.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Event, EventBus } from '../events/index.ts'
import type { StoredResult } from '../store/index.ts'

export interface EventQueueInit {
  key: string
  signal: AbortSignal
  /** Ends with `wait-expired` after so many ms */
  time: number
}

export type QueueItem =
  | { kind: 'result', result: StoredResult }
  /** The reader was slow and versions were dropped: read the store again */
  | { kind: 'overflow' }
  | { kind: 'keep-alive' | 'wait-expired' | 'task-expired' }
  /** The client left or the daemon drains: nothing more to say */
  | { kind: 'ended' }

/** From the bus, which pushes, to a stream, which pulls; bounded */
export class EventQueue {
  readonly #clock: Clock
  readonly #unsubscribe: () => void
  readonly #timer: Timer
  readonly #signal: AbortSignal
  readonly #aborted = (): void => { this.#finish({ kind: 'ended' }) }
  #items: QueueItem[] = []
  #bytes = 0
  #last?: QueueItem
  #wake?: () => void

  constructor (components: { events: EventBus, clock: Clock }, init: EventQueueInit) {
    this.#clock = components.clock
    this.#unsubscribe = components.events.subscribe(init.key, (event) => { this.#push(event) })
    this.#timer = components.clock.setTimeout(() => { this.#finish({ kind: 'wait-expired' }) }, init.time)
    this.#signal = init.signal
    this.#signal.addEventListener('abort', this.#aborted)

    if (this.#signal.aborted) {
      this.#aborted()
    }
  }

  async next (): Promise<QueueItem> {
    const item = this.#take() ?? this.#last

    if (item != null) {
      return item
    }

    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#clock.setTimeout(resolve, KEEP_ALIVE)
    this.#wake = resolve
    await promise
    timer.cancel()

    return this.#take() ?? this.#last ?? { kind: 'keep-alive' }
  }

  #take (): QueueItem | undefined {
    const item = this.#items.shift()
    this.#bytes -= item?.kind === 'result' ? rowBytes(item.result) : 0

    return item
  }

  close (): void {
    this.#finish({ kind: 'ended' })
  }

  #push (event: Event): void {
    if (event.kind === 'drain') {
      this.#finish({ kind: 'ended' })
    } else if (event.kind === 'expired' || event.kind === 'purged' || event.kind === 'cancelled') {
      this.#finish({ kind: 'task-expired' })
    } else if (event.kind === 'result') {
      this.#bytes += rowBytes(event.result)
      this.#items.push(event)

      if (this.#items.length > MAX_STREAM_QUEUE || this.#bytes > MAX_STREAM_BYTES) {
        this.#items = [{ kind: 'overflow' }]
        this.#bytes = 0
      }

      this.#wake?.()
    }
  }

  /** What was pushed before is still handed out. Nobody needs to read on for the subscription to end. */
  #finish (item: QueueItem): void {
    this.#unsubscribe()
    this.#timer.cancel()
    this.#signal.removeEventListener('abort', this.#aborted)
    this.#last ??= item
    this.#wake?.()
  }
}

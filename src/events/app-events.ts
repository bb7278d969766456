import { eventsOf } from './index.ts'
import type { EventBus } from './index.ts'
import type { AppId } from '../core/ids.ts'
import type { AppEvent, Store } from '../store/index.ts'

/** Events read at a time: what one reader holds in memory. @default 200 */
const PAGE = 200

export interface Position {
  /** Life of the store in which the number was given */
  incarnation: number
  n: number
}

export type AppEventItem =
  | { kind: 'event', event: AppEvent }
  /** What was asked for is not all there: `from` to `to` are missing, and it goes on after `to` */
  | { kind: 'gap', reason: 'purged' | 'restored' | 'unknown', from: number, to: number }

export interface AppEvents {
  readonly incarnation: number
  /**
   * An app's events after a position, or from now on without one, as they are
   * committed. Ends when `signal` is aborted or the daemon drains.
   *
   * @throws {LimitError} when too many wait
   * @throws {UnavailableError} while draining
   */
  follow(app: AppId, after: Position | undefined, signal: AbortSignal): Promise<AsyncIterable<AppEventItem>>
  /** No more is told */
  stop(): void
}

export interface AppEventsComponents {
  store: Pick<Store, 'incarnation' | 'onNews' | 'openEvents' | 'listEvents'>
  events: EventBus
}

/** Numbered events of each app from the store's journal; who waits is woken, nobody asks again and again */
export function createAppEvents ({ store, events }: AppEventsComponents): AppEvents {
  const { incarnation } = store
  const stop = store.onNews(({ apps }) => {
    apps.forEach(app => { events.emit(eventsOf(app), { kind: 'news' }) })
  })

  return {
    incarnation,
    stop,
    follow: async (app, after, signal) => {
      // before anything is read: what is committed meanwhile wakes
      const wake = new Wake(events, app, signal)

      try {
        const standing = await store.openEvents({ app })

        return follow(store, app, begin(after, incarnation, standing), wake)
      } catch (error) {
        wake.end()
        throw error
      }
    }
  }
}

interface Begin {
  after: number
  gap?: AppEventItem
}

function begin (asked: Position | undefined, incarnation: number, { last, purged }: { last: number, purged: number }): Begin {
  if (asked == null) {
    return { after: last }
  }

  const gap = (reason: 'purged' | 'restored' | 'unknown', from: number): Begin => ({ after: purged, gap: { kind: 'gap', reason, from, to: purged } })

  if (asked.incarnation !== incarnation) {
    return gap('restored', asked.n + 1)
  }

  if (asked.n > last) {
    return gap('unknown', asked.n + 1)
  }

  return asked.n < purged ? gap('purged', asked.n + 1) : { after: asked.n }
}

async function * follow (store: AppEventsComponents['store'], app: AppId, { after, gap }: Begin, wake: Wake): AsyncIterable<AppEventItem> {
  try {
    if (gap != null) {
      yield gap
    }

    while (!wake.over) {
      wake.reset()
      const { events } = await store.listEvents({ app, after, limit: PAGE })

      for (const event of events) {
        // a reader so slow that the purge overtook it
        if (event.n !== after + 1) {
          yield { kind: 'gap', reason: 'purged', from: after + 1, to: event.n - 1 }
        }

        after = event.n
        yield { kind: 'event', event }
      }

      if (events.length < PAGE) {
        await wake.next()
      }
    }
  } finally {
    wake.end()
  }
}

/** Woken by news for one app, by its end, or by the drain */
class Wake {
  over = false
  #fresh = false
  #resolve?: () => void
  readonly #end: () => void

  constructor (bus: EventBus, app: AppId, signal: AbortSignal) {
    const finish = (): void => {
      this.over = true
      this.#resolve?.()
    }
    const unsubscribe = bus.subscribe(eventsOf(app), (event) => {
      if (event.kind === 'drain') {
        finish()
      } else {
        this.#fresh = true
        this.#resolve?.()
      }
    })

    signal.addEventListener('abort', finish)
    this.over = signal.aborted
    this.#end = () => {
      unsubscribe()
      signal.removeEventListener('abort', finish)
    }
  }

  reset (): void {
    this.#fresh = false
  }

  async next (): Promise<void> {
    if (!this.#fresh && !this.over) {
      await new Promise<void>(resolve => { this.#resolve = resolve })
    }
  }

  end (): void {
    this.#end()
  }
}

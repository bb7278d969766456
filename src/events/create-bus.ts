import { LimitError, UnavailableError } from '../core/errors.ts'
import type { Event, EventBus } from './index.ts'

/**
 * Waiters at a time, of all apps together: each holds a few hundred bytes.
 *
 * @default 100_000
 */
export const MAX_WAITERS = 100_000

export interface EventBusInit {
  /** @default 100_000 */
  maxWaiters?: number
}

type Listener = (event: Event) => void

export function createEventBus (init: EventBusInit = {}): EventBus {
  return new KeyedBus(init.maxWaiters ?? MAX_WAITERS)
}

class KeyedBus implements EventBus {
  readonly #max: number
  readonly #listeners = new Map<string, Set<Listener>>()
  #size = 0
  #draining = false

  constructor (max: number) {
    this.#max = max
  }

  get size (): number {
    return this.#size
  }

  get draining (): boolean {
    return this.#draining
  }

  emit (key: string, event: Event): void {
    const listeners = this.#listeners.get(key)

    if (listeners == null) {
      return
    }

    // a copy: a listener that ends its wait leaves the set while we walk it
    for (const listener of [...listeners]) {
      listener(event)
    }
  }

  subscribe (key: string, listener: Listener): () => void {
    if (this.#draining) {
      throw new UnavailableError('this daemon is stopping: ask again when it is back')
    }

    if (this.#size >= this.#max) {
      throw new LimitError(`${this.#max} requests wait already, the most this daemon holds`)
    }

    // one entry a subscription, even when a function is given twice
    const entry: Listener = (event) => { listener(event) }
    const listeners = this.#listeners.get(key) ?? new Set()
    listeners.add(entry)
    this.#listeners.set(key, listeners)
    this.#size++

    return () => {
      if (!listeners.delete(entry)) {
        return
      }

      this.#size--

      if (listeners.size === 0 && this.#listeners.get(key) === listeners) {
        this.#listeners.delete(key)
      }
    }
  }

  drain (): void {
    if (this.#draining) {
      return
    }

    this.#draining = true

    for (const key of [...this.#listeners.keys()]) {
      this.emit(key, { kind: 'drain' })
    }
  }
}

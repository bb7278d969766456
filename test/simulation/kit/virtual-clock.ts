import type { Clock, Timer } from '../../../src/core/clock.ts'

interface Entry { at: number, order: number, fn(): void, cancelled: boolean }

/** Unix ms at which every simulation begins */
export const BEGIN = 1_800_000_000_000

/**
 * Time that moves only when somebody moves it: from timer to timer, each followed by
 * every promise that it set off. The same timers give the same order, always.
 */
export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  /** A binary heap by (at, order) */
  readonly #heap: Entry[] = []
  #held?: Promise<unknown>

  now (): number {
    return BEGIN + this.#now
  }

  monotonic (): number {
    return this.#now
  }

  setTimeout (fn: () => void, ms: number): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#order++, fn, cancelled: false }
    this.#push(entry)

    return { cancel: () => { entry.cancelled = true } }
  }

  /** Everything that happens in the next `ms` */
  async advance (ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()

    while (this.#heap.length > 0 && this.#heap[0].at <= end) {
      await this.#step()
    }

    this.#now = end
  }

  /**
   * Moves on until the promise is settled, at most `limit` ms
   *
   * @throws what the promise rejects with, or an error when the time is over
   */
  async until<T> (promise: Promise<T>, limit: number = 3_600_000): Promise<T> {
    const done = new AbortController()
    promise.then(() => { done.abort() }, () => { done.abort() })
    const end = this.#now + limit
    await settled()

    while (!done.signal.aborted && this.#heap.length > 0 && this.#heap[0].at <= end) {
      await this.#step()
    }

    if (!done.signal.aborted) {
      throw new Error(`nothing more happens, or not within ${limit} ms of virtual time`)
    }

    return promise
  }

  /** Time stands still until this is done: work of a real thread, during which nothing else happens */
  async hold<T> (work: Promise<T>): Promise<T> {
    this.#held = work

    try {
      return await work
    } finally {
      this.#held = undefined
    }
  }

  async #step (): Promise<void> {
    const entry = this.#pop()

    if (entry.cancelled) {
      return
    }

    this.#now = Math.max(this.#now, entry.at)
    entry.fn()
    await settled()

    while (this.#held != null) {
      await this.#held
      await settled()
    }
  }

  #push (entry: Entry): void {
    const heap = this.#heap
    let i = heap.push(entry) - 1

    while (i > 0 && before(heap[i], heap[(i - 1) >> 1])) {
      const parent = (i - 1) >> 1;
      [heap[i], heap[parent]] = [heap[parent], heap[i]]
      i = parent
    }
  }

  #pop (): Entry {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop() as Entry

    if (heap.length > 0) {
      heap[0] = last
      let i = 0

      for (;;) {
        const left = 2 * i + 1
        let least = i

        for (const child of [left, left + 1]) {
          if (child < heap.length && before(heap[child], heap[least])) {
            least = child
          }
        }

        if (least === i) {
          break
        }

        [heap[i], heap[least]] = [heap[least], heap[i]]
        i = least
      }
    }

    return top
  }
}

function before (a: Entry, b: Entry): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}

/** All promises that are ready have run: nothing in a simulation waits for a thread */
async function settled (): Promise<void> {
  await new Promise((resolve) => { setImmediate(resolve) })
}

/** A machine's own clock: beside the true time by `skew` ms, and dead with its machine */
export class SiteClock implements Clock {
  readonly #clock: VirtualClock
  skew: number
  #dead = false

  constructor (clock: VirtualClock, skew: number = 0) {
    this.#clock = clock
    this.skew = skew
  }

  now (): number {
    return this.#clock.now() + this.skew
  }

  monotonic (): number {
    return this.#clock.monotonic()
  }

  setTimeout (fn: () => void, ms: number): Timer {
    return this.#clock.setTimeout(() => {
      if (!this.#dead) {
        fn()
      }
    }, ms)
  }

  die (): void {
    this.#dead = true
  }
}

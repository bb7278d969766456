import { backoff } from './backoff.ts'
import { hex } from './context.ts'
import { MAX_LATER, RECEIPT_TIMEOUT, RETRY_LONGEST, SEAL_AT_ONCE, WINDOW_BYTES, WINDOW_COUNT } from './limits.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { OutboxItem, TaskKey } from '../../store/index.ts'

/** An envelope that was sent, or will be sent again */
interface Flight {
  item: OutboxItem
  /** Ciphertext on its way and unanswered; 0 while it waits for another try */
  bytes: number
  attempts: number
  /** When to try again, by the monotonic clock */
  due: number
  note: string
}

/** The small envelopes of one site between the outbox and their receipt: a bounded window */
export class Flights {
  readonly #clock: Clock
  readonly #random: Random
  readonly #flights = new Map<string, Flight>()

  constructor ({ clock, random }: { clock: Clock, random: Random }) {
    this.#clock = clock
    this.#random = random
  }

  get size (): number {
    return this.#flights.size
  }

  has (item: OutboxItem): boolean {
    return this.#flights.has(hex(item.envelopeId))
  }

  clear (): void {
    this.#flights.clear()
  }

  delete (envelopeId: Uint8Array): void {
    this.#flights.delete(hex(envelopeId))
  }

  /** On its way: without a receipt it is taken for lost after a while, longer each time */
  sent (item: OutboxItem, bytes: number): void {
    const flight = this.#of(item)
    const wait = Math.min(RECEIPT_TIMEOUT * 2 ** flight.attempts, RETRY_LONGEST)
    flight.attempts++
    flight.bytes = bytes
    flight.due = this.#clock.monotonic() + wait * (0.75 + this.#random.float() / 2)
    flight.note = 'sent, no receipt yet'
  }

  /** To be tried again after `pause` ms, by default longer each time */
  later (item: OutboxItem, note: string, pause?: number): void {
    const flight = this.#of(item)
    flight.bytes = 0
    flight.attempts += pause == null ? 1 : 0
    flight.due = this.#clock.monotonic() + (pause ?? backoff(flight.attempts, this.#random))
    flight.note = note
  }

  /** False for what is not on its way */
  refused (envelopeId: Uint8Array, note: string): boolean {
    const flight = this.#flights.get(hex(envelopeId))

    if (flight == null || flight.bytes === 0) {
      return false
    }

    this.later(flight.item, note)

    return true
  }

  due (): OutboxItem[] {
    const now = this.#clock.monotonic()
    const due: OutboxItem[] = []

    for (const flight of this.#flights.values()) {
      if (flight.due <= now && due.length < SEAL_AT_ONCE) {
        due.push(flight.item)
      }
    }

    return due
  }

  /** ms until the first is due; Infinity when none is */
  pause (): number {
    let first = Infinity

    for (const { due } of this.#flights.values()) {
      first = Math.min(first, due)
    }

    return first - this.#clock.monotonic()
  }

  /** How many more may be taken up now */
  room (): number {
    let count = 0
    let bytes = 0

    for (const flight of this.#flights.values()) {
      count += flight.bytes > 0 ? 1 : 0
      bytes += flight.bytes
    }

    if (bytes >= WINDOW_BYTES || this.#flights.size - count >= MAX_LATER) {
      return 0
    }

    return Math.max(0, Math.min(SEAL_AT_ONCE, WINDOW_COUNT - count))
  }

  note (task: TaskKey): string | undefined {
    for (const { item, note } of this.#flights.values()) {
      if (item.task.creator === task.creator && item.task.id === task.id) {
        return note
      }
    }
  }

  /** ms until an envelope of this task is tried again; undefined when none is on its way */
  next (task: TaskKey): number | undefined {
    for (const { item, due } of this.#flights.values()) {
      if (item.task.creator === task.creator && item.task.id === task.id) {
        return Math.max(0, due - this.#clock.monotonic())
      }
    }
  }

  #of (item: OutboxItem): Flight {
    const id = hex(item.envelopeId)
    const flight = this.#flights.get(id) ?? { item, bytes: 0, attempts: 0, due: 0, note: '' }
    this.#flights.set(id, flight)

    return flight
  }
}

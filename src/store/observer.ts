import type { Call, Reply } from './messages.ts'

/** Whoever counts what the store does: told on the main thread, after the answer is here */
export interface StoreObserver {
  /**
   * One batch came back. Must be quick and must not throw.
   *
   * @param ms - from handing it to the store's thread until it was answered
   */
  batch(calls: Call[], replies: Reply[], ms: number): void
}

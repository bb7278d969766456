import type { StoreError } from './errors.ts'
import type { Call, Reply } from './messages.ts'

/** Whoever counts what the store does: told on the main thread, after the answer is here */
export interface StoreObserver {
  /**
   * One batch came back, `ms` after it was handed to the store's thread. Must be quick
   * and must not throw.
   */
  batch(calls: Call[], replies: Reply[], ms: number): void
  /** The store's thread ended by itself: nothing works any more */
  died?(error: StoreError): void
}

import { isRead } from './operations.ts'
import type { StoreErrorCode } from './errors.ts'
import type { StoreObserver } from './observer.ts'

/** What keeps the store from acknowledging, as far as its last writes tell */
export interface StoreTrouble {
  code: StoreErrorCode
  /** For people */
  message: string
  /** It does not pass by itself: a restart reads the log back and checks */
  needsRestart: boolean
}

export interface TroubleWatch extends StoreObserver {
  trouble(): StoreTrouble | undefined
}

const DISK: ReadonlySet<string> = new Set<StoreErrorCode>(['STORE_FULL', 'STORE_IO', 'STORE_FAILED', 'STORE_CORRUPT'])

/**
 * Remembers whether the last write worked. The clock's mark is written every few
 * seconds, so trouble that passes is seen to pass without anybody's work.
 *
 * @param next - told of the same
 */
export function watchTrouble (next?: StoreObserver): TroubleWatch {
  let trouble: StoreTrouble | undefined

  return {
    trouble: () => trouble,
    batch: (calls, replies, ms) => {
      const bad = replies.find(reply => !reply.ok && DISK.has(reply.error.code ?? ''))

      if (bad?.ok === false) {
        const code = bad.error.code as StoreErrorCode
        trouble = { code, message: bad.error.message, needsRestart: code === 'STORE_FAILED' }
      } else if (trouble?.needsRestart === false && calls.some(({ operation }) => !isRead(operation))) {
        trouble = undefined
      }

      next?.batch(calls, replies, ms)
    },
    died: ({ code, message }) => {
      trouble = { code, message, needsRestart: true }
    }
  }
}

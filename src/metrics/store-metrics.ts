import { isRead } from '../store/operations.ts'
import { BATCH, COMMIT } from './buckets.ts'
import { createTaskMetrics } from './task-metrics.ts'
import type { Instruments } from './instruments.ts'
import type { StoreObserver } from '../store/observer.ts'

/** Codes that are counted by their name; there are no others, but a label stays bounded whatever comes */
const CODES = new Set(['STORE_FULL', 'STORE_IO', 'STORE_FAILED', 'STORE_CORRUPT', 'STORE_LOCKED', 'STORE_MISUSE', 'STORE_CLOSED'])

/** Reads off each batch how long the disk takes, how well callers share a commit, and what was done */
export function createStoreMetrics (instruments: Instruments, now: () => number): StoreObserver {
  const { counter, histogram } = instruments
  const commit = histogram('beam_store_commit_duration_seconds', 'From handing a batch with writes to the store until it is on disk', COMMIT)
  const batch = histogram('beam_store_batch_operations', 'Operations that shared one batch', BATCH)
  const errors = counter('beam_store_errors_total', 'Operations that the store could not do, by code', ['code'])
  const outcomes: Record<string, ((input: any, outcome: any) => void) | undefined> = createTaskMetrics(instruments, now)

  return {
    batch: (calls, replies, ms) => {
      let writes = false

      for (let i = 0; i < calls.length; i++) {
        const { operation, input } = calls[i]
        const reply = replies[i]
        writes ||= !isRead(operation)

        if (reply.ok) {
          outcomes[operation]?.(input, reply.value)
        } else {
          const code = reply.error.code ?? 'INTERNAL'
          errors.inc({ code: CODES.has(code) ? code : 'other' })
        }
      }

      batch.observe(calls.length)

      if (writes) {
        commit.observe(ms / 1_000)
      }
    }
  }
}

import { StoreError, isDiskError } from './errors.ts'
import { toWire } from './messages.ts'
import { isRead } from './operations.ts'
import type { StoreCore } from './index.ts'
import type { Call, Reply } from './messages.ts'

/**
 * Runs the calls of many callers: first the reads, which see what is committed, then
 * all transitions in one transaction, so that they share one fsync. A transition
 * that throws takes back its own work and rejects alone. When the disk is at fault
 * every transition of the batch is rejected: none is on disk.
 *
 * After a failed fsync nobody knows what the disk holds. From then on transitions
 * are refused until the process was restarted and the log was read back.
 */
export function createBatchRunner (core: StoreCore): (calls: Call[]) => Reply[] {
  let failed: StoreError | undefined

  function invoke ({ operation, input }: Call): unknown {
    return (core[operation] as (input: unknown) => unknown)(input)
  }

  function attempt (call: Call): Reply {
    try {
      return { ok: true, value: invoke(call) }
    } catch (error) {
      if (isDiskError(error) && !isRead(call.operation)) {
        throw error
      }

      return { ok: false, error: toWire(error) }
    }
  }

  function commit (calls: Call[]): Reply[] {
    try {
      if (failed != null) {
        throw failed
      }

      return core.transaction(() => calls.map(attempt))
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_FAILED') {
        failed = error
      }

      return calls.map(() => ({ ok: false, error: toWire(error) }))
    }
  }

  return (calls) => {
    const replies = new Map<Call, Reply>()
    const transitions = calls.filter(call => !isRead(call.operation))

    for (const call of calls) {
      if (isRead(call.operation)) {
        replies.set(call, attempt(call))
      }
    }

    if (transitions.length > 0) {
      commit(transitions).forEach((reply, i) => replies.set(transitions[i], reply))
    }

    return calls.map(call => replies.get(call) as Reply)
  }
}

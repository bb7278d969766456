import { Disk } from './disk.ts'
import { isDiskError } from './errors.ts'
import { toWire } from './messages.ts'
import { isRead } from './operations.ts'
import type { StoreCore } from './index.ts'
import type { Call, Reply } from './messages.ts'

/** Changes nothing that anybody reads */
const PROBE: Call = { operation: 'setMeta', input: { key: 'probe', value: '' } }

/**
 * Runs the calls of many callers: first the reads, which see what is committed, then
 * all transitions in one transaction, so that they share one fsync. A transition
 * that throws takes back its own work and rejects alone. When the disk is at fault
 * every transition of the batch is rejected: none is on disk.
 *
 * What the disk did is remembered in `disk`, which says what is refused from then on.
 * A batch without calls asks whether a full disk has room again.
 */
export function createBatchRunner (core: StoreCore, disk: Disk = new Disk()): (calls: Call[]) => Reply[] {
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

      disk.noticed(error)

      return { ok: false, error: toWire(error) }
    }
  }

  function commit (calls: Call[]): Reply[] {
    try {
      const replies = core.transaction(() => calls.map(attempt))
      disk.worked()

      return replies
    } catch (error) {
      disk.noticed(error)

      return calls.map(() => ({ ok: false, error: toWire(error) }))
    }
  }

  return (calls) => {
    const replies = new Map<Call, Reply>()
    const transitions: Call[] = []
    disk.look()

    for (const call of calls) {
      const refusal = isRead(call.operation) ? undefined : disk.refusal(call.operation)

      if (isRead(call.operation)) {
        replies.set(call, attempt(call))
      } else if (refusal == null) {
        transitions.push(call)
      } else {
        replies.set(call, { ok: false, error: toWire(refusal) })
      }
    }

    if (calls.length === 0 && disk.mustTry) {
      commit([PROBE])
    }

    if (transitions.length > 0) {
      commit(transitions).forEach((reply, i) => replies.set(transitions[i], reply))
    }

    return calls.map(call => replies.get(call) as Reply)
  }
}

import { note } from '../journal.ts'
import { insertOutbox } from '../rows/outbox.ts'
import { findResult, writeResult } from '../rows/result.ts'
import { findLiveTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { PutResult, PutResultOutcome } from '../index.ts'

/**
 * An app of this site answers a task, or changes its answer. This site owns the
 * result and numbers its versions.
 *
 * Preconditions: the task is here and unexpired, else `unknown-task`; `from` is one
 * of its recipients and of this site, else `not-recipient`; a `claimed` after a
 * `succeeded` is `ignored`. Everything else overwrites, as in Beam.
 *
 * The task is to do again after `tempfailed` only. An older version still in the
 * outbox goes: only the newest is of use, and a seed must never seal other bytes
 * than those it was made for.
 */
export function putResult (ctx: Context, input: PutResult): PutResultOutcome {
  const { from, status, delivery, now } = input
  const task = findLiveTask(ctx, input.task, now)

  if (task == null) {
    return { kind: 'unknown-task' }
  }

  const recipient = ctx.get<{ local: number }>('SELECT local FROM recipients WHERE task = ? AND recipient = ?', task.seq, from)

  if (recipient?.local !== 1) {
    return { kind: 'not-recipient' }
  }

  const previous = findResult(ctx, task.seq, from)

  if (previous?.status === 'succeeded' && status === 'claimed') {
    return { kind: 'ignored' }
  }

  const seq = ctx.nextSeq()
  // not counted from 1 for each task: an id used again after its expiry must not fall behind its first life
  const revision = seq

  const body = writeResult(ctx, previous, { ...input, task: task.seq, seq, revision })
  ctx.run('UPDATE recipients SET todo = ? WHERE task = ? AND recipient = ?', status === 'tempfailed' ? 1 : 0, task.seq, from)

  if (previous != null) {
    ctx.run('DELETE FROM outbox WHERE task = ? AND app = ?', task.seq, from)
  }

  if (delivery != null) {
    insertOutbox(ctx, { delivery, task: task.seq, app: from, expires: task.expires, localExpires: task.local_expires, size: input.body.size, now })
  }

  note(ctx, { kind: 'result-put', task: input.task, from, to: input.to, creator: task.sender, status, revision, at: now })

  return { kind: previous == null ? 'created' : 'updated', seq, revision, ...(body === input.body ? {} : { body }) }
}

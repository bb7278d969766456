import { REFUSED, STORED, findAnswered, remember } from '../rows/received.ts'
import { deleteTask, findTask, insertTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { ReceiveOutcome, ReceiveTask } from '../index.ts'

/**
 * A task of another site arrived; its signer is the site that created it.
 *
 * Preconditions: the envelope was not answered before, else `duplicate` with the
 * answer of then; no unexpired task of this creator has the id, else it is refused
 * with `conflict`, and that is remembered. An expired one is replaced.
 */
export function receiveTask (ctx: Context, input: ReceiveTask): ReceiveOutcome {
  const { envelopeId, envelopeHash: hash, task, body, self, now, localExpires, dedupUntil: until } = input
  const site = task.creator
  const answered = findAnswered(ctx, envelopeId, site)

  if (answered != null) {
    return { kind: 'duplicate', ...answered }
  }

  const existing = findTask(ctx, task)

  if (existing != null) {
    if (existing.expired === 0 && existing.local_expires > now) {
      const reason = 'conflict'
      remember(ctx, { envelopeId, site, hash, outcome: REFUSED, reason, until })

      return { kind: 'refused', reason }
    }

    deleteTask(ctx, existing)
  }

  const seq = insertTask(ctx, { task, body, own: false, self, now, localExpires, envelopeHash: hash })
  remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })

  return { kind: 'stored', seq }
}

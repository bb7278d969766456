import { REFUSED, STORED, areWhole, findAnswered, remember } from '../rows/received.ts'
import { deleteTask, findTask, insertTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { ReceiveOutcome, ReceiveTask } from '../index.ts'

/**
 * A task of another site arrived; its signer is the site that created it.
 *
 * Preconditions: the envelope was not answered before, else `duplicate` with the
 * answer of then; its instants are whole numbers, else it is refused with `malformed`;
 * no unexpired task of this creator has the id, else it is refused with `conflict`.
 * Refusals are remembered. An expired task of the same id is replaced.
 */
export function receiveTask (ctx: Context, input: ReceiveTask): ReceiveOutcome {
  const { envelopeId, envelopeHash: hash, task, body, self, now, localExpires, dedupUntil: until } = input
  const site = task.creator
  const answered = findAnswered(ctx, envelopeId, site)

  if (answered != null) {
    return { kind: 'duplicate', ...answered }
  }

  const refuse = (reason: string): ReceiveOutcome => {
    remember(ctx, { envelopeId, site, hash, outcome: REFUSED, reason, until })

    return { kind: 'refused', reason }
  }

  if (!areWhole(task.created, task.expires)) {
    return refuse('malformed')
  }

  const existing = findTask(ctx, task)

  if (existing != null) {
    if (existing.expired === 0 && existing.local_expires > now) {
      return refuse('conflict')
    }

    deleteTask(ctx, existing)
  }

  // a measured difference of clocks is seldom a whole number
  const seq = insertTask(ctx, { task, body, own: false, self, now, localExpires: Math.round(localExpires), envelopeHash: hash })
  remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })

  return { kind: 'stored', seq }
}

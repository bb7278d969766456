import { note } from '../journal.ts'
import { releaseBlob } from '../rows/body.ts'
import { EMPTY_BODY, markCancelled } from '../rows/cancelled.ts'
import { REFUSED, STORED, areWhole, findAnswered, remember } from '../rows/received.ts'
import { isLocal } from '../rows/recipient.ts'
import { deleteTask, findTask, insertTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { ReceiveCancel, ReceiveCancelOutcome } from '../index.ts'
import type { TaskHead } from '../rows/task.ts'

/**
 * The site that created a task says that it is cancelled.
 *
 * Preconditions: the envelope was not answered before, else `duplicate`; its instants are
 * whole numbers, else refused with `malformed`. The task that is here must be the one
 * that is meant, created at the same instant: another life of the id is left alone
 * when it is later, and replaced by a mark when it is earlier.
 *
 * A cancel may come before its task. Then a mark takes the task's place until its
 * expiry and keeps it out, as long as there is `room` for one more, else `full`.
 * Answers that were on their way back go with the task.
 */
export function receiveCancel (ctx: Context, input: ReceiveCancel): ReceiveCancelOutcome {
  const { envelopeId, envelopeHash: hash, task, self, now, localExpires, dedupUntil: until } = input
  const site = task.creator
  const answered = findAnswered(ctx, envelopeId, site)

  if (answered != null) {
    return { kind: 'duplicate', ...answered }
  }

  const done = (outcome: ReceiveCancelOutcome): ReceiveCancelOutcome => {
    remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })

    return outcome
  }

  if (!areWhole(task.created, task.expires)) {
    remember(ctx, { envelopeId, site, hash, outcome: REFUSED, reason: 'malformed', until })
    note(ctx, { kind: 'envelope-refused', site, envelope: envelopeId, hash, reason: 'malformed', at: now })

    return { kind: 'refused', reason: 'malformed' }
  }

  const existing = findTask(ctx, task)

  if (existing != null && existing.created >= task.created) {
    if (existing.created > task.created || existing.cancelled != null || existing.expired === 1) {
      return done({ kind: 'nothing' })
    }

    cancelHere(ctx, existing, input)

    return done({ kind: 'cancelled', known: true })
  }

  if (localExpires <= now) {
    return done({ kind: 'nothing' })
  }

  if (!input.room) {
    return { kind: 'full' }
  }

  if (existing != null) {
    deleteTask(ctx, existing)
  }

  const { seq } = insertTask(ctx, { task, body: EMPTY_BODY, own: false, self, now, localExpires: Math.round(localExpires), envelopeHash: hash })
  ctx.run('UPDATE tasks SET cancelled = ? WHERE seq = ?', now, seq)
  ctx.run('UPDATE recipients SET listed = 0, todo = 0 WHERE task = ?', seq)

  return done({ kind: 'cancelled', known: false })
}

function cancelHere (ctx: Context, existing: TaskHead, { task, self, now }: ReceiveCancel): void {
  for (const { blob } of ctx.all<{ blob: number | null }>('SELECT blob FROM results WHERE task = ?', existing.seq)) {
    releaseBlob(ctx, blob)
  }

  ctx.run('DELETE FROM results WHERE task = ?', existing.seq)
  ctx.run('DELETE FROM outbox WHERE task = ?', existing.seq)
  markCancelled(ctx, existing, now)
  note(ctx, { kind: 'cancel-received', task: { creator: task.creator, id: task.id }, from: existing.sender, to: task.to.filter(id => isLocal(id, self)), at: now })
}

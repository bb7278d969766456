import { note } from '../journal.ts'
import { markCancelled } from '../rows/cancelled.ts'
import { insertOutbox } from '../rows/outbox.ts'
import { findTask } from '../rows/task.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { CancelTask, CancelTaskOutcome } from '../index.ts'

/**
 * Its creator takes a task back.
 *
 * Preconditions: the task was created here, else `unknown-task`; it was not cancelled
 * before, else `already`; it is unexpired, else `expired`.
 *
 * One commit: it leaves the lists of this site, its envelopes are not sent any more, and
 * each site that has it or may have it is to be told. A site that refused the task for
 * good is not. Nobody knows whether a queued envelope was sent already, so its site is
 * told, too, and remembers the cancel until the task would expire.
 */
export function cancelTask (ctx: Context, { task: key, deliveries, now }: CancelTask): CancelTaskOutcome {
  const task = findTask(ctx, key)

  if (task?.own !== 1) {
    return { kind: 'unknown-task' }
  }

  if (task.cancelled != null) {
    return { kind: 'already' }
  }

  if (task.expired === 1 || task.local_expires <= now) {
    return { kind: 'expired' }
  }

  const withdrawn = ctx.all<{ site: SiteId }>(`UPDATE outbox SET state = 'cancelled', since = ?, seed = NULL
    WHERE task = ? AND app IS NULL AND state IN ('queued', 'parked', 'delivered') RETURNING site`, now, task.seq)
  const sites = new Set(withdrawn.map(({ site }) => site))
  const told = deliveries.filter(({ site }) => sites.has(site))
  const row = ctx.get<{ recipients: string }>('SELECT recipients FROM tasks WHERE seq = ?', task.seq)

  markCancelled(ctx, task, now)

  for (const delivery of told) {
    insertOutbox(ctx, { delivery, task: task.seq, cancel: true, expires: task.expires, localExpires: task.local_expires, size: 0, now })
  }

  note(ctx, { kind: 'task-cancelled', task: { creator: key.creator, id: key.id }, from: task.sender, to: JSON.parse(row?.recipients ?? '[]'), at: now })

  return { kind: 'cancelled', told }
}

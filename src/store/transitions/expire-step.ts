import { note } from '../journal.ts'
import { anyEvents } from '../rows/events.ts'
import { removeUsage } from '../rows/usage.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { ExpireOutcome, ExpireStep, TaskKey } from '../index.ts'
import type { Counted } from '../rows/usage.ts'

export const EXPIRED_SQL = 'SELECT seq, creator, id, sender FROM tasks WHERE expired = 0 AND local_expires <= ? ORDER BY local_expires LIMIT ?'

/**
 * Carries out the expiry of at most `limit` tasks whose instant is here: they leave
 * every list, and what waits in the outbox for them is not sent any more. What is
 * known of them stays until it is purged. Reads compare the instant themselves, so a
 * late step delays nothing but this.
 */
export function expireStep (ctx: Context, { now, limit }: ExpireStep): ExpireOutcome {
  const due = ctx.all<TaskKey & Counted>(EXPIRED_SQL, now, limit)
  const deliveries: Uint8Array[] = []

  for (const task of due) {
    const { seq } = task

    const waiting = anyEvents(ctx) ? ctx.all<{ recipient: AppId }>('SELECT recipient FROM recipients WHERE task = ? AND local = 1 AND todo = 1', seq) : []

    removeUsage(ctx, task)
    ctx.run('UPDATE tasks SET expired = 1 WHERE seq = ?', seq)
    ctx.run('UPDATE recipients SET listed = 0, todo = 0 WHERE task = ? AND local = 1', seq)

    const dropped = ctx.all<{ envelope_id: Uint8Array }>(`UPDATE outbox SET state = 'expired', since = local_expires, seed = NULL
      WHERE task = ? AND state IN ('queued', 'parked') RETURNING envelope_id`, seq)

    note(ctx, { kind: 'task-expired', task: { creator: task.creator, id: task.id }, from: task.sender, to: waiting.map(row => row.recipient), at: now })
    deliveries.push(...dropped.map(row => row.envelope_id))
  }

  return { tasks: due.map(({ creator, id }) => ({ creator, id })), deliveries, more: due.length === limit }
}

import { ITEM_COLUMNS, toItem } from '../rows/outbox.ts'
import { toResult } from '../rows/result.ts'
import { toTask } from '../rows/task.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { OutboxContent, OutboxItem } from '../index.ts'
import type { OutboxRow } from '../rows/outbox.ts'
import type { ResultRow } from '../rows/result.ts'
import type { TaskRow } from '../rows/task.ts'

/** The index is named: left to itself the planner walks every row behind `after`, of whatever site */
export const OUTBOX_SQL = `SELECT ${ITEM_COLUMNS} FROM outbox o INDEXED BY outbox_queue JOIN tasks t ON t.seq = o.task
  WHERE o.site = ? AND o.state = 'queued' AND o.seq > ? AND o.local_expires > ? ORDER BY o.seq LIMIT ?`

export function listOutbox (ctx: Context, { site, after, limit, now }: { site: SiteId, after: number, limit: number, now: number }): OutboxItem[] {
  return ctx.all<OutboxRow>(OUTBOX_SQL, site, after, now, limit).map(toItem)
}

export function readOutbox (ctx: Context, { envelopeId }: { envelopeId: Uint8Array }): OutboxContent | undefined {
  const row = ctx.get<OutboxRow & { task: number }>(`SELECT ${ITEM_COLUMNS}, o.task FROM outbox o JOIN tasks t ON t.seq = o.task
    WHERE o.envelope_id = ? AND o.state = 'queued'`, envelopeId)

  if (row == null) {
    return
  }

  const item = toItem(row)
  const task = ctx.get<TaskRow>('SELECT * FROM tasks WHERE seq = ?', row.task) as TaskRow

  if (row.app == null) {
    return { item, task: toTask(task) }
  }

  const result = ctx.get<ResultRow>('SELECT r.*, t.creator, t.id FROM results r JOIN tasks t ON t.seq = r.task WHERE r.task = ? AND r.sender = ?', row.task, row.app) as ResultRow

  return {
    item,
    result: { ...toResult(result), ...(task.envelope_hash == null ? {} : { answers: task.envelope_hash }), taskExpires: task.expires, taskFrom: task.sender }
  }
}

export const SITES_SQL = 'SELECT site, count(*) AS count, sum(size) AS bytes FROM outbox WHERE state = \'queued\' AND local_expires > ? GROUP BY site'

export function outboxSites (ctx: Context, { now }: { now: number }): Array<{ site: SiteId, count: number, bytes: number }> {
  return ctx.all<{ site: SiteId, count: number, bytes: number }>(SITES_SQL, now).map(({ site, count, bytes }) => ({ site, count, bytes }))
}

import { rowBytes } from '../row-bytes.ts'
import { bared } from '../rows/body.ts'
import { toFacts, toTask } from '../rows/task.ts'
import { listDeliveries } from './deliveries.ts'
import type { Context } from '../context.ts'
import type { RecentTasks, StoredTask, TaskFilter, TaskSummary } from '../index.ts'
import type { TaskRow } from '../rows/task.ts'

const TO_DO = 'SELECT task AS seq FROM recipients WHERE recipient = ?1 AND todo = 1 AND task > ?4 AND local_expires > ?2'
const RECEIVED = 'SELECT task AS seq FROM recipients WHERE recipient = ?1 AND listed = 1 AND task > ?4 AND local_expires > ?2'
const CREATED = 'SELECT seq FROM tasks WHERE sender = ?1 AND expired = 0 AND cancelled IS NULL AND seq > ?4 AND local_expires > ?2'

/** First the numbers, from an index alone and in its order; then the rows of those that are handed out */
function listOf (numbers: string): string {
  return `SELECT t.* FROM (${numbers} ORDER BY 1 LIMIT ?3) AS n CROSS JOIN tasks t ON t.seq = n.seq`
}

/** By what is asked; exported so that a test can look at the query plans */
export const LIST_SQL = {
  todo: listOf(TO_DO),
  recipient: listOf(RECEIVED),
  creator: listOf(CREATED),
  both: listOf(`${CREATED} UNION ${RECEIVED}`)
}

/** Bounds the memory that one list takes, in bytes of inline bodies and metadata. @default 128 MiB */
const MAX_LIST_BYTES = 134_217_728

export function listTasks (ctx: Context, { app, todo, as, now, limit, after = 0, maxBytes = MAX_LIST_BYTES, bare = false }: TaskFilter): StoredTask[] {
  const sql = LIST_SQL[todo ? 'todo' : as ?? 'both']
  const tasks: StoredTask[] = []
  let bytes = 0

  for (const row of ctx.each<TaskRow>(sql, app, now, limit, after)) {
    const task = bare ? bared(toTask(row)) : toTask(row)
    tasks.push(task)
    bytes += rowBytes(task)

    if (bytes >= maxBytes) {
      break
    }
  }

  return tasks
}

export const FIND_SQL = 'SELECT * FROM tasks WHERE id = ? ORDER BY creator'

export function findTasks (ctx: Context, { id, bare = false }: { id: string, bare?: boolean }): StoredTask[] {
  const tasks = ctx.all<TaskRow>(FIND_SQL, id).map(toTask)

  return bare ? tasks.map(bared) : tasks
}

export function recentTasks (ctx: Context, { limit, now, below, app, before }: RecentTasks): TaskSummary[] {
  const rows = ctx.all<TaskRow>(`SELECT seq, creator, id, sender, recipients, ttl, failure_strategy, metadata, created, expires, size
    FROM tasks t WHERE (?1 IS NULL OR seq < ?1) AND (?2 IS NULL OR created <= ?2)
    AND (?3 IS NULL OR sender = ?3 OR EXISTS (SELECT 1 FROM recipients p WHERE p.task = t.seq AND p.recipient = ?3))
    ORDER BY seq DESC LIMIT ?4`, below ?? null, before ?? null, app ?? null, limit)

  return rows.map(row => ({
    ...toFacts(row),
    seq: row.seq,
    size: row.size,
    deliveries: listDeliveries(ctx, { task: row, now })
  }))
}

import { releaseBlob } from '../rows/body.ts'
import { deleteTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { PurgeOutcome, PurgeStep, TaskKey } from '../index.ts'
import type { TaskHead } from '../rows/task.ts'

/** Pieces of bodies deleted in one step: each is a chain of pages to free */
export const PURGE_PARTS = 32

/** A partly received envelope that nobody resumed for this long is dropped, in ms. @default 24 h */
export const INBOUND_KEPT = 86_400_000

export const PURGED_SQL = 'SELECT seq, creator, id, own, sender, created, expires, local_expires, expired, size, blob FROM tasks WHERE expired = 1 AND local_expires <= ? ORDER BY local_expires LIMIT ?'

/**
 * Forgets, at most `limit` of each kind: tasks whose expiry was carried out and lies
 * at or before `before`, with results and settled deliveries; answers to envelopes
 * that can not come again; transfers nobody resumes; uploads nobody used; bytes that nothing refers to.
 */
export function purgeStep (ctx: Context, { before, now, limit }: PurgeStep): PurgeOutcome {
  const old = ctx.all<TaskHead & TaskKey>(PURGED_SQL, before, limit)

  for (const task of old) {
    deleteTask(ctx, task)
  }

  const answers = ctx.run('DELETE FROM received WHERE (envelope_id, site) IN (SELECT envelope_id, site FROM received WHERE until <= ? LIMIT ?)', now, limit)
  const stale = ctx.all<{ blob: number }>(`DELETE FROM inbound WHERE envelope_id IN (SELECT envelope_id FROM inbound WHERE touched <= ? LIMIT ?)
    RETURNING blob`, now - INBOUND_KEPT, limit)

  for (const { blob } of stale) {
    releaseBlob(ctx, blob)
  }

  const unused = ctx.all<{ blob: number | null }>(`DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expires <= ? LIMIT ?)
    RETURNING blob`, now, limit)

  for (const { blob } of unused) {
    releaseBlob(ctx, blob)
  }

  const bytesLeft = purgeBlobs(ctx, now, limit)

  return {
    tasks: old.map(({ creator, id }) => ({ creator, id })),
    more: bytesLeft || [old.length, answers, stale.length, unused.length].includes(limit)
  }
}

/** True when there is more to free */
function purgeBlobs (ctx: Context, now: number, limit: number): boolean {
  const free = ctx.all<{ id: number }>('SELECT id FROM blobs WHERE free_at <= ? ORDER BY free_at LIMIT ?', now, limit)
  let parts = PURGE_PARTS

  for (const { id } of free) {
    parts -= ctx.run('DELETE FROM blob_parts WHERE rowid IN (SELECT rowid FROM blob_parts WHERE blob = ? LIMIT ?)', id, parts)

    if (parts === 0) {
      return true
    }

    ctx.run('DELETE FROM blobs WHERE id = ?', id)
  }

  return free.length === limit
}

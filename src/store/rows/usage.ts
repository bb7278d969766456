import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

export interface Counted {
  seq: number
  creator: SiteId
  sender: AppId
}

/**
 * Bytes of metadata of a task that are not counted for it: so much is usual, a MiB is
 * not and would fill a disk behind the limit of bytes
 */
const FREE_METADATA = 4_096

/** Bytes that count for a task; its metadata is measured, not read */
export const COUNTED_SQL = `size + max(0, octet_length(metadata) - ${FREE_METADATA})`

/**
 * Unexpired tasks and bytes by creator and app, kept as running sums: limits are
 * checked at each task and must not count all of them again.
 */
export function addUsage (ctx: Context, { creator, sender, size, metadata }: Omit<Counted, 'seq'> & { size: number, metadata: string }): void {
  const bytes = size + Math.max(0, Buffer.byteLength(metadata) - FREE_METADATA)

  ctx.run(`INSERT INTO usage (creator, sender, tasks, bytes) VALUES (?, ?, 1, ?)
    ON CONFLICT (creator, sender) DO UPDATE SET tasks = tasks + 1, bytes = bytes + excluded.bytes`, creator, sender, bytes)
}

/** While the task's row is as it was counted */
export function removeUsage (ctx: Context, { seq, creator, sender }: Counted): void {
  ctx.run(`UPDATE usage SET tasks = tasks - 1, bytes = bytes - (SELECT ${COUNTED_SQL} FROM tasks WHERE seq = ?) WHERE creator = ? AND sender = ?`, seq, creator, sender)
  ctx.run('DELETE FROM usage WHERE creator = ? AND sender = ? AND tasks = 0', creator, sender)
}

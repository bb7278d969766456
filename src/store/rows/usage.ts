import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

export interface Counted {
  creator: SiteId
  sender: AppId
  size: number
}

/**
 * Unexpired tasks and bytes by creator and app, kept as running sums: limits are
 * checked at each task and must not count all of them again.
 */
export function addUsage (ctx: Context, { creator, sender, size }: Counted): void {
  ctx.run(`INSERT INTO usage (creator, sender, tasks, bytes) VALUES (?, ?, 1, ?)
    ON CONFLICT (creator, sender) DO UPDATE SET tasks = tasks + 1, bytes = bytes + excluded.bytes`, creator, sender, size)
}

export function removeUsage (ctx: Context, { creator, sender, size }: Counted): void {
  ctx.run('UPDATE usage SET tasks = tasks - 1, bytes = bytes - ? WHERE creator = ? AND sender = ?', size, creator, sender)
  ctx.run('DELETE FROM usage WHERE creator = ? AND sender = ? AND tasks = 0', creator, sender)
}

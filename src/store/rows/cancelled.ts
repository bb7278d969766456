import { createHash } from 'node:crypto'
import { releaseBlob } from './body.ts'
import type { TaskHead } from './task.ts'
import type { Context } from '../context.ts'

const NOTHING = new Uint8Array(0)
const NOTHING_HASH = createHash('sha256').update(NOTHING).digest()

export const EMPTY_BODY = { size: 0, sha256: NOTHING_HASH, inline: NOTHING }

/**
 * The task leaves every list, its body is freed, and nobody works on it any more. Its
 * row stays until it expires, so that it counts among the open ones and is known for
 * what it is.
 */
export function markCancelled (ctx: Context, task: TaskHead, now: number): void {
  releaseBlob(ctx, task.blob)
  ctx.run('UPDATE usage SET bytes = bytes - ? WHERE creator = ? AND sender = ?', task.size, task.creator, task.sender)
  ctx.run('UPDATE tasks SET cancelled = ?, size = 0, sha256 = ?, blob = NULL, blob_offset = NULL, inline = ? WHERE seq = ?', now, NOTHING_HASH, NOTHING, task.seq)
  ctx.run('UPDATE recipients SET listed = 0, todo = 0 WHERE task = ? AND local = 1', task.seq)
  ctx.run('DELETE FROM attempts WHERE task = ?', task.seq)
}

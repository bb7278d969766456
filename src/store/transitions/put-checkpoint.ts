import type { Context } from '../context.ts'
import type { AuditCheckpoint } from '../index.ts'

/** Precondition: entry `n` has that hash, and no checkpoint covers it yet; else false. */
export function putCheckpoint (ctx: Context, { n, hash, at, key, signature }: AuditCheckpoint): boolean {
  return ctx.run(`INSERT OR IGNORE INTO audit_checkpoints (n, hash, at, key, signature)
    SELECT n, hash, ?, ?, ? FROM audit WHERE n = ? AND hash = ?`, at, key, signature, n, hash) > 0
}

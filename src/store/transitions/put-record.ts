import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { RecordRow } from '../index.ts'

/**
 * Keeps a site record.
 *
 * Precondition: its sequence is higher than that of the one that is here, or
 * `replace` is set, else false.
 */
export function putRecord (ctx: Context, { site, sequence, record, replace }: RecordRow): boolean {
  const kept = ctx.run(`INSERT INTO records (site, sequence, record) VALUES (?1, ?2, ?3)
    ON CONFLICT (site) DO UPDATE SET sequence = ?2, record = ?3 WHERE ?2 > sequence OR ?4`, site, sequence, record, replace === true ? 1 : 0) > 0

  if (kept) {
    note(ctx, { kind: 'record-kept', site, sequence, record })
  }

  return kept
}

import { StoreError } from '../errors.ts'
import { note } from '../journal.ts'
import { rosterHead } from '../reads/roster.ts'
import type { Context } from '../context.ts'
import type { AppendRoster, AppendRosterOutcome } from '../index.ts'

/**
 * Adds entries to the log.
 *
 * Precondition: `after` is the head, or is absent and the log is empty; for a
 * recovery it is any entry of the log, and what follows it is replaced. Else `moved`.
 * The rows follow `after` without a gap.
 *
 * @throws {StoreError} STORE_MISUSE for a gap
 */
export function appendRoster (ctx: Context, { after, rows, supersede }: AppendRoster): AppendRosterOutcome {
  if (!follows(ctx, after, supersede === true)) {
    return { kind: 'moved' }
  }

  let previous = after?.seq

  if (supersede === true && previous != null) {
    ctx.run('DELETE FROM roster WHERE seq > ?', previous)
  }

  for (const { seq, hash, entry } of rows) {
    if (previous != null && seq !== previous + 1) {
      throw new StoreError('STORE_MISUSE', `roster entry ${seq} does not follow ${previous}`)
    }

    ctx.run('INSERT INTO roster (seq, hash, entry) VALUES (?, ?, ?)', seq, hash, entry)
    previous = seq
  }

  const head = rows.at(-1)

  if (head != null) {
    note(ctx, { kind: 'roster-appended', entries: rows.length, seq: head.seq, hash: head.hash, ...(supersede === true && after != null ? { supersedes: after.seq } : {}) })
  }

  return { kind: 'appended' }
}

function follows (ctx: Context, after: AppendRoster['after'], anywhere: boolean): boolean {
  const head = rosterHead(ctx)

  if (head == null || after == null) {
    return head == null && after == null
  }

  if (!anywhere && head.seq !== after.seq) {
    return false
  }

  return ctx.get('SELECT 1 FROM roster WHERE seq = ? AND hash = ?', after.seq, after.hash) != null
}

import { eventHeads } from '../rows/events.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { PurgeJournal } from '../index.ts'

/**
 * Forgets events that are too old or too many, at most `limit` of each app, and of the
 * audit log at most what lies under one checkpoint. What is left begins right after a
 * checkpoint, from which the chain can be verified. True when there is more to forget.
 */
export function purgeJournal (ctx: Context, input: PurgeJournal): boolean {
  let more = purgeAudit(ctx, input)

  for (const [app, last] of eventHeads(ctx)) {
    more = purgeEvents(ctx, app, last, input) || more
  }

  return more
}

function purgeEvents (ctx: Context, app: AppId, last: number, { eventsBefore, maxEvents, limit }: PurgeJournal): boolean {
  const oldest = ctx.all<{ n: number, at: number }>('SELECT n, at FROM events WHERE app = ? ORDER BY n LIMIT ?', app, limit)
  // in order: a clock that was set back must not tear a hole
  const keep = oldest.findIndex(({ n, at }) => at > eventsBefore && n > last - maxEvents)
  const gone = keep === -1 ? oldest.length : keep

  if (gone === 0) {
    return false
  }

  const upTo = oldest[gone - 1].n
  ctx.run('DELETE FROM events WHERE app = ? AND n <= ?', app, upTo)
  ctx.run('UPDATE event_apps SET purged = ? WHERE app = ?', upTo, app)

  return gone === limit
}

function purgeAudit (ctx: Context, { auditBefore, maxEntries }: PurgeJournal): boolean {
  const first = ctx.get<{ n: number }>('SELECT n FROM audit ORDER BY n LIMIT 1')?.n
  const last = ctx.get<{ n: number }>('SELECT n FROM audit ORDER BY n DESC LIMIT 1')?.n

  if (first == null || last == null) {
    return false
  }

  const anchor = ctx.get<{ n: number, at: number }>('SELECT n, at FROM audit_checkpoints WHERE n >= ? ORDER BY n LIMIT 1', first)

  if (anchor == null || (anchor.at > auditBefore && last - first < maxEntries)) {
    return false
  }

  ctx.run('DELETE FROM audit WHERE n <= ?', anchor.n)
  ctx.run('DELETE FROM audit_checkpoints WHERE n < ?', anchor.n)

  return true
}

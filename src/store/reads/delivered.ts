import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/** Answers that end the work of a recipient */
const FINAL = '\'succeeded\', \'permfailed\''

/**
 * Places in the outbox of unexpired envelopes that a site confirmed, after `after`, in
 * order; tasks that all their recipients at that site have answered for good are left
 * out; the word that one was cancelled is not, for in the backup it may be open. Walks the outbox: asked only when a site began a new life.
 */
export const DELIVERED_SQL = `SELECT o.seq FROM outbox o
  WHERE o.site = ?1 AND o.state = 'delivered' AND o.local_expires > ?2 AND o.seq > ?3
    AND (o.app IS NOT NULL OR o.cancel = 1 OR EXISTS (
      SELECT 1 FROM recipients r
      WHERE r.task = o.task AND (r.recipient = ?1 OR substr(r.recipient, -length(?1) - 1) = '.' || ?1)
        AND NOT EXISTS (SELECT 1 FROM results x WHERE x.task = o.task AND x.sender = r.recipient AND x.status IN (${FINAL}))))
  ORDER BY o.seq LIMIT ?4`

export function listDelivered (ctx: Context, { site, after, limit, now }: { site: SiteId, after: number, limit: number, now: number }): number[] {
  return ctx.all<{ seq: number }>(DELIVERED_SQL, site, now, after, limit).map(({ seq }) => seq)
}

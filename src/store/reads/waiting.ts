import { kindOf } from '../rows/outbox.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { WaitingEnvelope } from '../index.ts'

interface Row {
  seq: number
  site: SiteId
  app: string | null
  cancel: number
  state: 'queued' | 'parked'
  since: number
  expires: number
  size: number
  reason: string | null
  creator: SiteId
  id: string
  /** JSON: keepers */
  mailed: string
}

/** Both partial indexes have the site in front; numbers first, then the rows of those that are handed out */
const NUMBERS = `SELECT seq FROM outbox WHERE state = 'queued' AND local_expires > ?1 AND (?2 IS NULL OR site = ?2)
  UNION ALL SELECT seq FROM outbox WHERE state = 'parked' AND local_expires > ?1 AND (?2 IS NULL OR site = ?2)`

export const WAITING_SQL = `SELECT o.seq, o.site, o.app, o.cancel, o.state, o.since, o.local_expires AS expires, o.size, o.reason, t.creator, t.id,
  (SELECT json_group_array(l.keeper) FROM mail_left l WHERE l.envelope_id = o.envelope_id) AS mailed
  FROM (${NUMBERS} ORDER BY 1 LIMIT ?3) AS n CROSS JOIN outbox o ON o.seq = n.seq JOIN tasks t ON t.seq = o.task ORDER BY o.seq`

/** Oldest first: for the operator */
export function listWaiting (ctx: Context, { site, limit, now }: { site?: SiteId, limit: number, now: number }): WaitingEnvelope[] {
  return ctx.all<Row>(WAITING_SQL, now, site ?? null, limit).map(row => ({
    seq: row.seq,
    site: row.site,
    kind: kindOf(row),
    ...(row.app == null ? {} : { app: row.app }),
    task: { creator: row.creator, id: row.id },
    state: row.state,
    since: row.since,
    expires: row.expires,
    size: row.size,
    ...(row.reason == null ? {} : { reason: row.reason }),
    ...(row.mailed === '[]' ? {} : { mailed: JSON.parse(row.mailed) as SiteId[] })
  }))
}

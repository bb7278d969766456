import { auditHead as headOf } from '../rows/audit.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { AppEvent, AuditCheckpoint, AuditHead, AuditRow, EventKind, EventsPage, ListEvents } from '../index.ts'

interface EventRow {
  n: number
  kind: EventKind
  at: number
  creator: string
  task: string
  sender: string
  recipient: string
  status: string | null
  reason: string | null
}

/** An app's events after a number, in order */
export function listEvents (ctx: Context, { app, after, limit }: ListEvents): EventsPage {
  const rows = ctx.all<EventRow>('SELECT n, kind, at, creator, task, sender, recipient, status, reason FROM events WHERE app = ? AND n > ? ORDER BY n LIMIT ?', app, after, limit)

  return { ...standing(ctx, app), events: rows.map(toEvent) }
}

function standing (ctx: Context, app: AppId): { last: number, purged: number } {
  const { last, purged } = ctx.get<{ last: number | null, purged: number | null }>(`SELECT (SELECT max(n) FROM events WHERE app = ?1) AS last,
    (SELECT purged FROM event_apps WHERE app = ?1) AS purged`, app) ?? { last: null, purged: null }

  return { last: Math.max(last ?? 0, purged ?? 0), purged: purged ?? 0 }
}

function toEvent ({ sender: from, recipient: to, status, reason, ...row }: EventRow): AppEvent {
  return { ...row, from, to, ...(status == null ? {} : { status }), ...(reason == null ? {} : { reason }) }
}

export function auditHead (ctx: Context): AuditHead {
  return { ...headOf(ctx), signed: ctx.get<{ n: number }>('SELECT n FROM audit_checkpoints ORDER BY n DESC LIMIT 1')?.n ?? 0 }
}

/** Entries after a number, in order; `maxBytes` of text and evidence at most, one entry at least */
export function listAudit (ctx: Context, { after, limit, maxBytes }: { after: number, limit: number, maxBytes: number }): AuditRow[] {
  const rows: AuditRow[] = []
  let bytes = 0

  for (const row of ctx.each<{ n: number, entry: string, hash: Uint8Array, evidence: Uint8Array | null }>('SELECT n, entry, hash, evidence FROM audit WHERE n > ? ORDER BY n LIMIT ?', after, limit)) {
    bytes += row.entry.length + (row.evidence?.byteLength ?? 0)

    if (rows.length > 0 && bytes > maxBytes) {
      break
    }

    rows.push({ n: row.n, entry: row.entry, hash: row.hash, ...(row.evidence == null ? {} : { evidence: row.evidence }) })
  }

  return rows
}

/** Checkpoints from a number on, in order */
export function listCheckpoints (ctx: Context, { from, limit }: { from: number, limit: number }): AuditCheckpoint[] {
  return ctx.all('SELECT n, hash, at, key, signature FROM audit_checkpoints WHERE n >= ? ORDER BY n LIMIT ?', from, limit)
}

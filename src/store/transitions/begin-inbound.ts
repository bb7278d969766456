import { newBlob } from '../rows/blob.ts'
import { releaseBlob } from '../rows/body.ts'
import type { Context } from '../context.ts'
import type { BeginInbound, InboundState } from '../index.ts'

interface InboundRow {
  site: string
  hash: Uint8Array
  blob: number
  chunks: number
}

/**
 * Unfinished large envelopes of one site, of which each holds at most what the format
 * allows (a little more than 1 GiB). An honest sender has a few under way at a time.
 *
 * @default 16
 */
export const MAX_INBOUND = 16

export const OLDEST_INBOUND_SQL = 'SELECT envelope_id FROM inbound WHERE site = ? ORDER BY touched DESC LIMIT -1 OFFSET ?'

/**
 * Starts or resumes receiving a large envelope. Resumed only when sender and hash
 * are those of the bytes that are here; otherwise it starts from nothing: the
 * sender sealed it anew. Of one site at most `MAX_INBOUND` are kept: for one more, that
 * which nobody began or resumed for longest goes.
 */
export function beginInbound (ctx: Context, { envelopeId, site, hash, now }: BeginInbound): InboundState {
  const row = ctx.get<InboundRow>('SELECT site, hash, blob, chunks FROM inbound WHERE envelope_id = ?', envelopeId)

  if (row != null) {
    if (row.site === site && Buffer.compare(row.hash, hash) === 0) {
      ctx.run('UPDATE inbound SET touched = ? WHERE envelope_id = ?', now, envelopeId)

      return { blob: row.blob, chunks: row.chunks }
    }

    ctx.run('DELETE FROM inbound WHERE envelope_id = ?', envelopeId)
    releaseBlob(ctx, row.blob)
  }

  const old = ctx.all<{ blob: number }>(`DELETE FROM inbound WHERE envelope_id IN (${OLDEST_INBOUND_SQL}) RETURNING blob`, site, MAX_INBOUND - 1)

  for (const { blob } of old) {
    releaseBlob(ctx, blob)
  }

  // not free while the transfer is known
  const blob = newBlob(ctx, null)
  ctx.run('INSERT INTO inbound (envelope_id, site, hash, blob, chunks, touched) VALUES (?, ?, ?, ?, 0, ?)', envelopeId, site, hash, blob, now)

  return { blob, chunks: 0 }
}

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
 * Starts or resumes receiving a large envelope. Resumed only when sender and hash
 * are those of the bytes that are here; otherwise it starts from nothing: the
 * sender sealed it anew.
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

  // not free while the transfer is known
  const { id: blob } = ctx.get<{ id: number }>('INSERT INTO blobs (size, free_at) VALUES (0, NULL) RETURNING id') as { id: number }
  ctx.run('INSERT INTO inbound (envelope_id, site, hash, blob, chunks, touched) VALUES (?, ?, ?, ?, 0, ?)', envelopeId, site, hash, blob, now)

  return { blob, chunks: 0 }
}

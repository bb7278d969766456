import { addToBlob } from '../rows/blob.ts'
import type { Context } from '../context.ts'
import type { AppendInbound } from '../index.ts'

/**
 * The next chunk of a large envelope.
 *
 * Preconditions: the transfer was begun and `chunk` is the next one, else false and
 * nothing is changed.
 */
export function appendInbound (ctx: Context, { envelopeId, chunk, data }: AppendInbound): boolean {
  const row = ctx.get<{ blob: number, size: number }>(`SELECT i.blob, b.size FROM inbound i JOIN blobs b ON b.id = i.blob
    WHERE i.envelope_id = ? AND i.chunks = ?`, envelopeId, chunk)

  if (row == null) {
    return false
  }

  addToBlob(ctx, row.blob, row.size, data)
  ctx.run('UPDATE inbound SET chunks = chunks + 1 WHERE envelope_id = ?', envelopeId)

  return true
}

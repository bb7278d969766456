import { releaseBlob } from '../rows/body.ts'
import { BLOB_KEPT } from './create-blob.ts'
import type { Context } from '../context.ts'

/**
 * Forgets a transfer. No precondition: a transfer whose blob was taken over by a
 * task or result is forgotten already, and its bytes are not touched.
 */
export function endInbound (ctx: Context, { envelopeId, keepBlob }: { envelopeId: Uint8Array, keepBlob: boolean }): void {
  const row = ctx.get<{ blob: number, touched: number }>('DELETE FROM inbound WHERE envelope_id = ? RETURNING blob, touched', envelopeId)

  if (row == null) {
    return
  }

  if (keepBlob) {
    // whoever wants it has still to take it over
    ctx.run('UPDATE blobs SET free_at = ? WHERE id = ?', row.touched + BLOB_KEPT, row.blob)
  } else {
    releaseBlob(ctx, row.blob)
  }
}

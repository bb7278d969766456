import { newBlob } from '../rows/blob.ts'
import { countUploads, MAX_USED, UPLOAD_KEPT } from '../rows/upload.ts'
import type { Context } from '../context.ts'
import type { BeginUpload, BeginUploadOutcome } from '../index.ts'

/**
 * An app begins to bring a body.
 *
 * Preconditions: it has fewer than `maxCount` unused ones, else `too-many`; with what
 * it announces, their bytes stay within `maxBytes`, else `too-much`. Of used ones the
 * newest are remembered.
 */
export function beginUpload (ctx: Context, { id, app, length, digest, now, maxCount, maxBytes }: BeginUpload): BeginUploadOutcome {
  const { count, bytes } = countUploads(ctx, app)

  if (count >= maxCount) {
    return { kind: 'too-many' }
  }

  if (bytes + (length ?? 0) > maxBytes) {
    return { kind: 'too-much' }
  }

  // one row for each use and hour else; the table is small, and asked for once a body
  ctx.run(`DELETE FROM uploads WHERE id IN (
    SELECT id FROM uploads WHERE app = ? AND blob IS NULL ORDER BY expires DESC, id LIMIT -1 OFFSET ?)`, app, MAX_USED)

  // not free while the upload is known
  const blob = newBlob(ctx, null)
  ctx.run('INSERT INTO uploads (id, app, blob, length, digest, sha256, expires) VALUES (?, ?, ?, ?, ?, NULL, ?)',
    id, app, blob, length ?? null, digest ?? null, now + UPLOAD_KEPT)

  return { kind: 'begun' }
}

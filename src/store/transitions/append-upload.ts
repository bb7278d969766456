import { addToBlob } from '../rows/blob.ts'
import { countUploads, getUpload, UPLOAD_KEPT } from '../rows/upload.ts'
import type { Context } from '../context.ts'
import type { AppendUpload, AppendUploadOutcome } from '../index.ts'

/**
 * More bytes of a body. What this acknowledged survives whatever comes.
 *
 * Preconditions: the upload is this app's, unexpired and not taken over, else
 * `unknown`; it is not complete and ends at `offset`, else `elsewhere`; the app's
 * unused bytes stay within `maxBytes`, else `too-much`.
 */
export function appendUpload (ctx: Context, { id, app, offset, data, now, maxBytes }: AppendUpload): AppendUploadOutcome {
  const upload = getUpload(ctx, id, app)

  if (upload?.blob == null || upload.expires <= now) {
    return { kind: 'unknown' }
  }

  const size = upload.size ?? 0

  if (upload.sha256 != null || size !== offset) {
    return { kind: 'elsewhere', size, complete: upload.sha256 != null }
  }

  // what was announced was counted when it was
  if (size + data.byteLength > (upload.length ?? 0) && countUploads(ctx, app).bytes + data.byteLength > maxBytes) {
    return { kind: 'too-much' }
  }

  addToBlob(ctx, upload.blob, offset, data)
  ctx.run('UPDATE uploads SET expires = ? WHERE id = ?', now + UPLOAD_KEPT, id)

  return { kind: 'appended' }
}

import { getUpload, UPLOAD_KEPT } from '../rows/upload.ts'
import type { Context } from '../context.ts'
import type { CompleteUpload } from '../index.ts'

/**
 * A body is whole: from now on a task or result may take it over.
 *
 * Preconditions: the upload is this app's, unexpired, not taken over and `size` long,
 * else false and nothing is changed.
 */
export function completeUpload (ctx: Context, { id, app, size, sha256, now }: CompleteUpload): boolean {
  const upload = getUpload(ctx, id, app)

  if (upload?.blob == null || upload.expires <= now || upload.size !== size) {
    return false
  }

  return ctx.run('UPDATE uploads SET sha256 = ?, expires = ? WHERE id = ?', sha256, now + UPLOAD_KEPT, id) === 1
}

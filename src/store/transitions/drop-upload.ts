import { releaseBlob } from '../rows/body.ts'
import { getUpload } from '../rows/upload.ts'
import type { Context } from '../context.ts'
import type { NameUpload } from '../index.ts'

/**
 * An app gives up a body that nothing took over.
 *
 * Precondition: there is one, else false.
 */
export function dropUpload (ctx: Context, { id, app }: NameUpload): boolean {
  const upload = getUpload(ctx, id, app)

  if (upload?.blob == null) {
    return false
  }

  ctx.run('DELETE FROM uploads WHERE id = ?', id)
  releaseBlob(ctx, upload.blob)

  return true
}

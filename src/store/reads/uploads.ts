import { getUpload, toUpload } from '../rows/upload.ts'
import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { Upload } from '../index.ts'

/** Also one that was taken over, until it would have expired: then without `blob` */
export function findUpload (ctx: Context, { id, app, now }: { id: string, app: AppId, now: number }): Upload | undefined {
  const row = getUpload(ctx, id, app)

  return row == null || row.expires <= now ? undefined : toUpload(row)
}

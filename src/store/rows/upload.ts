import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { Upload } from '../index.ts'

export interface UploadRow {
  id: string
  size: number | null
  length: number | null
  digest: Uint8Array | null
  sha256: Uint8Array | null
  blob: number | null
  expires: number
}

/** An upload that nothing was added to, and nobody used, for so long is purged, in ms. @default 1 h */
export const UPLOAD_KEPT = 3_600_000

/**
 * Used uploads of one app that are remembered, for a PUT whose first answer was lost:
 * the oldest are forgotten
 *
 * @default 1_000
 */
export const MAX_USED = 1_000

export const UPLOAD_SQL = `SELECT u.id, b.size, u.length, u.digest, u.sha256, u.blob, u.expires
  FROM uploads u LEFT JOIN blobs b ON b.id = u.blob WHERE u.id = ? AND u.app = ?`

export function getUpload (ctx: Context, id: string, app: AppId): UploadRow | undefined {
  return ctx.get<UploadRow>(UPLOAD_SQL, id, app)
}

export function toUpload ({ id, size, length, digest, sha256, blob, expires }: UploadRow): Upload {
  return {
    id,
    size: size ?? 0,
    expires,
    ...(length == null ? {} : { length }),
    ...(digest == null ? {} : { digest }),
    ...(sha256 == null ? {} : { sha256 }),
    ...(blob == null ? {} : { blob })
  }
}

export const UPLOADS_SQL = `SELECT count(*) AS count, coalesce(sum(max(b.size, coalesce(u.length, 0))), 0) AS bytes
  FROM uploads u JOIN blobs b ON b.id = u.blob WHERE u.app = ? AND u.blob IS NOT NULL`

/** What the app has unused: how many, and bytes there or announced */
export function countUploads (ctx: Context, app: AppId): { count: number, bytes: number } {
  return ctx.get<{ count: number, bytes: number }>(UPLOADS_SQL, app) as { count: number, bytes: number }
}

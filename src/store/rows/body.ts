import { InvalidInputError } from '../../core/errors.ts'
import { StoreError } from '../errors.ts'
import { INLINE_BODY } from '../index.ts'
import { addToBlob, newBlob } from './blob.ts'
import type { Context } from '../context.ts'
import type { StoredBody } from '../index.ts'
import type { SQLInputValue } from 'node:sqlite'

/** Columns of a body wherever it rests */
export interface BodyColumns {
  size: number
  sha256: Uint8Array
  blob: number | null
  blob_offset: number | null
  inline: Uint8Array | null
}

export function toBody (row: BodyColumns): StoredBody {
  if (row.blob != null) {
    return { size: row.size, sha256: row.sha256, blob: { id: row.blob, offset: row.blob_offset ?? 0 } }
  }

  return { size: row.size, sha256: row.sha256, inline: row.inline ?? new Uint8Array(0) }
}

const NO_BYTES = new Uint8Array(0)

/** Without the bytes that are in its row: told by size and hash */
export function bared<T extends { body: StoredBody }> (item: T): T {
  return item.body.inline == null ? item : { ...item, body: { ...item.body, inline: NO_BYTES } }
}

/** Values for `size, sha256, blob, blob_offset, inline`, in this order */
export function bodyValues (body: StoredBody): SQLInputValue[] {
  return [body.size, body.sha256, body.blob?.id ?? null, body.blob?.offset ?? null, body.inline ?? null]
}

/**
 * A row takes its blob over: it is kept as long as the row, and neither an inbound
 * transfer nor an upload may throw it away any more. Bytes that are too many for the row
 * become a blob here. Returns the body as it rests now.
 *
 * @throws {StoreError} STORE_MISUSE when the body is not exactly one of inline and blob, or the blob is gone
 * @throws {InvalidInputError} when the upload is not there any more
 */
export function attachBody (ctx: Context, body: StoredBody): StoredBody {
  if ((body.inline == null) === (body.blob == null)) {
    throw new StoreError('STORE_MISUSE', 'a body is either inline or a blob')
  }

  if (body.inline != null && body.inline.byteLength > INLINE_BODY) {
    const blob = newBlob(ctx, null)
    addToBlob(ctx, blob, 0, body.inline)

    return { size: body.size, sha256: body.sha256, blob: { id: blob, offset: 0 } }
  }

  if (body.blob == null) {
    return body
  }

  if (body.upload != null) {
    takeUpload(ctx, body.upload, body.blob.id)
  }

  if (ctx.run('UPDATE blobs SET free_at = NULL WHERE id = ?', body.blob.id) === 0) {
    throw new StoreError('STORE_MISUSE', `blob ${body.blob.id} does not exist`)
  }

  ctx.run('DELETE FROM inbound WHERE blob = ?', body.blob.id)

  return body
}

/** Once only: two rows that share a blob would free it twice. What is left says that it was used. */
function takeUpload (ctx: Context, upload: string, blob: number): void {
  if (ctx.run('UPDATE uploads SET blob = NULL WHERE id = ? AND blob = ? AND sha256 IS NOT NULL', upload, blob) === 0) {
    throw new InvalidInputError('body_ref', 'must name a body that no task or result took over yet: bring it again')
  }
}

/**
 * A body that came and is not wanted: its blob goes at once, with the transfer that
 * brought it. One that a row took over before is not touched.
 */
export function dropBody (ctx: Context, { blob }: StoredBody): void {
  if (blob == null) {
    return
  }

  if (ctx.run('DELETE FROM inbound WHERE blob = ?', blob.id) > 0) {
    releaseBlob(ctx, blob.id)
  } else {
    ctx.run('UPDATE blobs SET free_at = 0 WHERE id = ? AND free_at IS NOT NULL', blob.id)
  }
}

/** Its bytes go in the small steps of the purge: freeing many pages at once would hold up others */
export function releaseBlob (ctx: Context, blob: number | null): void {
  if (blob != null) {
    ctx.run('UPDATE blobs SET free_at = 0 WHERE id = ?', blob)
  }
}

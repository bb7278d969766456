import { StoreError } from '../errors.ts'
import { release } from '../messages.ts'
import type { Context } from '../context.ts'
import type { ReadBlob } from '../index.ts'

/** The part in which `start` lies and those that follow, up to `end` */
export const PARTS_SQL = `SELECT offset, data FROM blob_parts WHERE blob = ?1 AND offset < ?3
  AND offset >= coalesce((SELECT max(offset) FROM blob_parts WHERE blob = ?1 AND offset <= ?2), 0) ORDER BY offset`

/**
 * Fewer bytes than asked for at the end of the blob.
 *
 * @throws {StoreError} STORE_MISUSE when there is no such blob, or its bytes are being freed
 */
export function readBlob (ctx: Context, { blob, offset, length }: ReadBlob): Uint8Array {
  const row = ctx.get<{ size: number }>('SELECT size FROM blobs WHERE id = ?', blob)

  if (row == null) {
    throw new StoreError('STORE_MISUSE', `blob ${blob} does not exist`)
  }

  const end = Math.min(offset + length, row.size)
  const bytes = new Uint8Array(Math.max(0, end - offset))

  let copied = 0

  if (bytes.byteLength > 0) {
    for (const part of ctx.each<{ offset: number, data: Uint8Array }>(PARTS_SQL, blob, offset, end)) {
      const from = Math.max(offset - part.offset, 0)
      const to = Math.min(end - part.offset, part.data.byteLength)

      bytes.set(part.data.subarray(from, to), part.offset + from - offset)
      copied += to - from
      release(part.data)
    }
  }

  // freed in steps: whoever still reads must not get zeros for what is gone
  if (copied !== bytes.byteLength) {
    throw new StoreError('STORE_MISUSE', `blob ${blob} is being freed`)
  }

  return bytes
}

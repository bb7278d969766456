import { StoreError } from '../errors.ts'
import type { Context } from '../context.ts'
import type { AppendBlob } from '../index.ts'

/**
 * Adds bytes at the end of a blob.
 *
 * Precondition: the blob exists and `offset` is its size.
 *
 * @throws {StoreError} STORE_MISUSE else
 */
export function appendBlob (ctx: Context, { blob, offset, data }: AppendBlob): void {
  if (data.byteLength === 0) {
    return
  }

  if (ctx.run('UPDATE blobs SET size = size + ? WHERE id = ? AND size = ?', data.byteLength, blob, offset) === 0) {
    throw new StoreError('STORE_MISUSE', `blob ${blob} does not end at ${offset}`)
  }

  ctx.run('INSERT INTO blob_parts (blob, offset, data) VALUES (?, ?, ?)', blob, offset, data)
}

import { StoreError } from '../errors.ts'
import type { Context } from '../context.ts'

/**
 * Bytes in one row of a blob: what is read is read as whole rows, so they are as long
 * as what is asked for at a time
 */
export const PART = 262_144

/** An empty blob. `freeAt`: when it is purged unless somebody takes it over, Unix ms */
export function newBlob (ctx: Context, freeAt: number | null): number {
  const row = ctx.get<{ id: number }>('INSERT INTO blobs (size, free_at) VALUES (0, ?) RETURNING id', freeAt)

  return (row as { id: number }).id
}

/**
 * Adds bytes at the end of a blob.
 *
 * @throws {StoreError} STORE_MISUSE when there is no such blob, or it ends elsewhere
 */
export function addToBlob (ctx: Context, blob: number, offset: number, data: Uint8Array): void {
  if (data.byteLength === 0) {
    return
  }

  if (ctx.run('UPDATE blobs SET size = size + ? WHERE id = ? AND size = ?', data.byteLength, blob, offset) === 0) {
    throw new StoreError('STORE_MISUSE', `blob ${blob} does not end at ${offset}`)
  }

  for (let at = 0; at < data.byteLength; at += PART) {
    ctx.run('INSERT INTO blob_parts (blob, offset, data) VALUES (?, ?, ?)', blob, offset + at, data.subarray(at, at + PART))
  }
}

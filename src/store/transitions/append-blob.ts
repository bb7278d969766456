import { addToBlob } from '../rows/blob.ts'
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
  addToBlob(ctx, blob, offset, data)
}

import { newBlob } from '../rows/blob.ts'
import type { Context } from '../context.ts'

/** A blob that no task or result took over in this time is purged, in ms. @default 1 h */
export const BLOB_KEPT = 3_600_000

/** An empty blob, to be filled and taken over by a task or result. No precondition. */
export function createBlob (ctx: Context, { now }: { now: number }): number {
  return newBlob(ctx, now + BLOB_KEPT)
}

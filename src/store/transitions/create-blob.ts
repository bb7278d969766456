import type { Context } from '../context.ts'

/** A blob that no task or result took over in this time is purged, in ms. @default 1 h */
export const BLOB_KEPT = 3_600_000

/** An empty blob, to be filled and taken over by a task or result. No precondition. */
export function createBlob (ctx: Context, { now }: { now: number }): number {
  const row = ctx.get<{ id: number }>('INSERT INTO blobs (size, free_at) VALUES (0, ?) RETURNING id', now + BLOB_KEPT)

  return (row as { id: number }).id
}

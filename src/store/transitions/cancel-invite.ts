import type { Context } from '../context.ts'

/** Precondition: the invite is open, else false. */
export function cancelInvite (ctx: Context, { id }: { id: Uint8Array }): boolean {
  return ctx.run('UPDATE invites SET state = \'cancelled\' WHERE id = ? AND state = \'open\'', id) > 0
}

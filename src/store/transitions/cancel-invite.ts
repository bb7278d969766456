import { note } from '../journal.ts'
import type { Context } from '../context.ts'

/** Precondition: the invite is open, else false. */
export function cancelInvite (ctx: Context, { id }: { id: Uint8Array }): boolean {
  const cancelled = ctx.run('UPDATE invites SET state = \'cancelled\' WHERE id = ? AND state = \'open\'', id) > 0

  if (cancelled) {
    note(ctx, { kind: 'invite-cancelled', id })
  }

  return cancelled
}

import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { SetApproval } from '../index.ts'

/**
 * A ticket that an operator must agree to: somebody presented it (`waiting`), or the
 * operator decided. A refusal cancels the ticket.
 *
 * Precondition: the ticket is open and its approval is one of `from`; for `approved` and
 * `refused` by whom it was presented does not change. Else false.
 */
export function setApproval (ctx: Context, { id, from, to, asked, now }: SetApproval): boolean {
  const invite = ctx.get<{ site: string, approval: string | null }>('SELECT site, approval FROM invites WHERE id = ? AND state = \'open\'', id)

  if (invite?.approval == null || !from.some(approval => approval === invite.approval)) {
    return false
  }

  ctx.run('UPDATE invites SET approval = ?, asked = coalesce(?, asked), state = ? WHERE id = ?', to, asked ?? null, to === 'refused' ? 'cancelled' : 'open', id)

  if (to !== 'waiting') {
    note(ctx, { kind: 'decision', subject: invite.site, action: 'join', allowed: to === 'approved', at: now })
  }

  return true
}

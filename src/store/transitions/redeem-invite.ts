import { note } from '../journal.ts'
import { appendRoster } from './append-roster.ts'
import { putRecord } from './put-record.ts'
import type { Context } from '../context.ts'
import type { Invite, RedeemInvite, RedeemOutcome } from '../index.ts'

/**
 * A ticket becomes an admission.
 *
 * Preconditions, in this order: the invite exists (`unknown`), was not cancelled
 * (`cancelled`), not used (`used`), not expired (`expired`); the head of the roster
 * is the one the entry was built on (`moved`). All of it is one commit: a ticket is
 * good once, also when the process dies in the middle.
 */
export function redeemInvite (ctx: Context, { id, signingKey, now, append, record }: RedeemInvite): RedeemOutcome {
  const invite = ctx.get<Pick<Invite, 'state' | 'expires'>>('SELECT state, expires FROM invites WHERE id = ?', id)

  if (invite == null) {
    return { kind: 'unknown' }
  }

  if (invite.state !== 'open') {
    return { kind: invite.state }
  }

  if (invite.expires <= now) {
    return { kind: 'expired' }
  }

  if (appendRoster(ctx, append).kind === 'moved') {
    return { kind: 'moved' }
  }

  putRecord(ctx, record)
  ctx.run('UPDATE invites SET state = \'used\', used_by = ? WHERE id = ?', signingKey, id)

  note(ctx, { kind: 'invite-used', id, signingKey, at: now })

  return { kind: 'redeemed' }
}

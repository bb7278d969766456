import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { Invite } from '../index.ts'

/**
 * Remembers a ticket that was given out, and cancels the open ones for the same site:
 * a ticket that went astray is of no use once another was made. Precondition: its id
 * is new, else it throws.
 */
export function createInvite (ctx: Context, invite: Invite): void {
  ctx.run("UPDATE invites SET state = 'cancelled' WHERE site = ? AND state = 'open'", invite.site)
  ctx.run('INSERT INTO invites (id, secret, site, organization, capabilities, created, expires, state, used_by, approval) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    invite.id, invite.secret, invite.site, invite.organization, JSON.stringify(invite.capabilities), invite.created, invite.expires, invite.state, invite.usedBy ?? null, invite.approval ?? null)
  note(ctx, { kind: 'invite-created', id: invite.id, site: invite.site, expires: invite.expires, at: invite.created })
}

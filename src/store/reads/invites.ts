import type { Context } from '../context.ts'
import type { Approval, Invite } from '../index.ts'

interface InviteRow {
  id: Uint8Array
  secret: Uint8Array
  site: string
  organization: string
  capabilities: string
  created: number
  expires: number
  state: Invite['state']
  used_by: Uint8Array | null
  approval: Approval | null
  asked: Uint8Array | null
}

function toInvite ({ used_by: usedBy, approval, asked, ...row }: InviteRow): Invite {
  const invite: Invite = { ...row, capabilities: JSON.parse(row.capabilities) }

  if (usedBy != null) {
    invite.usedBy = usedBy
  }

  if (approval != null) {
    invite.approval = approval
  }

  if (asked != null) {
    invite.asked = asked
  }

  return invite
}

export function listInvites (ctx: Context): Invite[] {
  return ctx.all<InviteRow>('SELECT * FROM invites ORDER BY created, id').map(toInvite)
}

export function findInvite (ctx: Context, { id }: { id: Uint8Array }): Invite | undefined {
  const row = ctx.get<InviteRow>('SELECT * FROM invites WHERE id = ?', id)

  return row == null ? undefined : toInvite(row)
}

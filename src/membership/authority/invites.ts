import { hex } from '../bytes.ts'
import { fingerprint } from '../fingerprint.ts'
import type { AuthorityContext } from './context.ts'
import type { Invite } from '../../store/index.ts'
import type { InviteFacts } from '../index.ts'

type InvitesContext = Pick<AuthorityContext, 'store' | 'roster' | 'clock'>

/** Newest first */
export async function inviteFacts ({ store, roster, clock }: InvitesContext): Promise<InviteFacts[]> {
  const now = clock.now()

  return (await store.listInvites({})).reverse().map(invite => factsOf(invite, roster.network, now))
}

export function factsOf (invite: Invite, network: string, now: number): InviteFacts {
  const key = invite.usedBy ?? invite.asked

  return {
    id: hex(invite.id),
    site: `${invite.site}.${network}`,
    organization: invite.organization,
    state: stateOf(invite, now),
    approval: invite.approval != null,
    created: invite.created,
    expires: invite.expires,
    ...(key == null ? {} : { fingerprint: fingerprint(key) })
  }
}

function stateOf ({ state, approval, expires }: Invite, now: number): InviteFacts['state'] {
  if (approval === 'refused') {
    return 'refused'
  }

  if (state !== 'open') {
    return state
  }

  if (expires <= now) {
    return 'expired'
  }

  return approval === 'waiting' || approval === 'approved' ? approval : 'open'
}

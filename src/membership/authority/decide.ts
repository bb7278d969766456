import { ConflictError, NotFoundError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import { hex } from '../bytes.ts'
import { factsOf } from './invites.ts'
import type { AuthorityContext } from './context.ts'
import type { Invite } from '../../store/index.ts'
import type { InviteFacts } from '../index.ts'

export type Decision = 'cancel' | 'approve' | 'refuse'

/**
 * What the operator says of a ticket that was given out.
 *
 * `wanted` is its id, or the beginning of it, in hex; or the site that it is for.
 *
 * @throws {NotFoundError} when there is no open ticket of that id or site
 * @throws {ConflictError} when it does not wait for this decision
 */
export async function decide (context: AuthorityContext, wanted: string, decision: Decision): Promise<InviteFacts> {
  const { store, roster, clock, log } = context
  const now = clock.now()
  const invite = await find(context, wanted)
  const facts = factsOf(invite, roster.network, now)
  const done = decision === 'cancel'
    ? await store.cancelInvite({ id: invite.id })
    : await store.setApproval({ id: invite.id, from: decision === 'approve' ? ['waiting'] : ['needed', 'waiting', 'approved'], to: decision === 'approve' ? 'approved' : 'refused', now })

  if (!done) {
    throw new ConflictError(decision === 'approve' && invite.approval === 'needed'
      ? `nobody presented the ticket for ${facts.site} yet: there is no key to approve`
      : `the ticket for ${facts.site} is ${facts.state}: it cannot be ${PAST[decision]}`)
  }

  log.warn({ site: facts.site, decision }, 'an operator decided on a ticket')

  return factsOf(await store.findInvite({ id: invite.id }) ?? invite, roster.network, now)
}

const PAST: Record<Decision, string> = { cancel: 'cancelled', approve: 'approved', refuse: 'refused' }

/** Shortest beginning of an id that is taken for one, hex digits */
const SHORTEST = 6

async function find ({ store, roster, clock }: AuthorityContext, wanted: string): Promise<Invite> {
  const all = await store.listInvites({})
  const byId = wanted.length >= SHORTEST ? all.filter(({ id }) => hex(id).startsWith(wanted.toLowerCase())) : []
  const open = all.filter(({ site, state, expires }) => state === 'open' && clock.now() < expires && [site, `${site}.${roster.network}`].includes(wanted))
  const [invite, another] = open.length > 0 ? open : byId

  if (invite == null || another != null) {
    throw new NotFoundError(another == null
      ? `there is no ticket ${quote(wanted)}, and none that is open for a site of that name: see "beam-node invites list"`
      : `several tickets begin with ${wanted}: give more of the id`)
  }

  return invite
}

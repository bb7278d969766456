import { InvalidInputError, LimitError, RefusedError } from '../../core/errors.ts'
import { checkFragment } from '../../core/ids.ts'
import { passSigningInput } from '../enroll/pass.ts'
import { MAX_OPEN_INVITES, MAX_TICKET_ADDRESSES, MAX_TICKET_LIFETIME, MIN_TICKET_LIFETIME, TICKET_LIFETIME } from '../limits.ts'
import { checkOrganization, checkPatterns } from '../names.ts'
import { isAddress } from '../records/address.ts'
import { encodeTicket } from '../ticket.ts'
import { holderOf } from './holder.ts'
import type { AuthorityContext, InviteInput, InviteTicket } from './context.ts'

/** A ticket that is on disk before anyone sees it */
export async function invite ({ store, roster, clock, random, sign, checkKey, checkClock }: AuthorityContext, input: InviteInput): Promise<InviteTicket> {
  checkKey()
  checkClock()

  const { lifetime = TICKET_LIFETIME, organization = '', approve = false } = input
  const site = checkFragment(input.site, 'site')
  const capabilities = checkPatterns(input.capabilities)
  const addresses = input.addresses.slice(0, MAX_TICKET_ADDRESSES)
  const now = clock.now()
  checkOrganization(organization)

  if (!Number.isSafeInteger(lifetime) || lifetime < MIN_TICKET_LIFETIME || lifetime > MAX_TICKET_LIFETIME) {
    throw new InvalidInputError('lifetime', `must be between ${MIN_TICKET_LIFETIME / 1_000} s and ${MAX_TICKET_LIFETIME / 86_400_000} days`)
  }

  if (addresses.length === 0) {
    throw new InvalidInputError('addresses', 'must hold at least one address of this daemon that the new site can dial: configure a listen or announce address')
  }

  const bad = addresses.find(address => !isAddress(address))

  if (bad != null) {
    throw new InvalidInputError('addresses', `must be multiaddrs such as /dns4/node.example.org/tcp/4001, not ${JSON.stringify(bad)}`)
  }

  checkFree(roster, site)

  const open = (await store.listInvites({})).filter(({ state, expires }) => state === 'open' && now < expires)
  const cancelled = open.filter(invite => invite.site === site).length

  if (open.length >= MAX_OPEN_INVITES) {
    throw new LimitError(`${open.length} tickets are open, at most ${MAX_OPEN_INVITES} may be: cancel some or wait until they expire`, 60)
  }

  const id = random.bytes(16)
  const secret = random.bytes(32)
  const expires = now + lifetime
  const { genesis } = roster
  const signature = await sign(passSigningInput({ genesis, ticket: id, expires, peer: input.peer }))
  await store.createInvite({ id, secret, site, organization, capabilities, created: now, expires, state: 'open', ...(approve ? { approval: 'needed' as const } : {}) })

  return {
    ticket: encodeTicket({ network: roster.network, genesis, peer: input.peer, addresses, id, secret, site, expires, pass: { ticket: id, expires, signature } }),
    expires,
    site: `${site}.${roster.network}`,
    cancelled
  }
}

/** Names that people take for the same are the same here */
function checkFree (roster: AuthorityContext['roster'], site: string): void {
  const holder = holderOf(roster, `${site}.${roster.network}`)

  if (holder != null) {
    throw new RefusedError(`the site name is taken by the member ${holder.site}: choose another, or revoke that site first`)
  }
}

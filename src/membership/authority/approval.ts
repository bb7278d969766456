import { equals } from 'uint8arrays/equals'
import type { AuthorityContext } from './context.ts'
import type { EnrollRequest } from '../../protocols/enroll/pb/enroll.ts'
import type { Invite } from '../../store/index.ts'
import type { EnrollRefusal } from '../enroll/codes.ts'

/**
 * A ticket that an operator must agree to keeps the key of whoever presented it first;
 * only that key is approved. Another one with the same ticket waits for ever: the
 * operator sees a fingerprint that is not the newcomer's, and refuses.
 */
export async function judgeApproval ({ store, clock, log }: AuthorityContext, invite: Invite, { signingKey }: EnrollRequest): Promise<EnrollRefusal | undefined> {
  const { id, approval, asked, site } = invite

  if (approval == null || (approval === 'approved' && asked != null && equals(asked, signingKey))) {
    return
  }

  if (approval === 'needed' && await store.setApproval({ id, from: ['needed'], to: 'waiting', asked: signingKey, now: clock.now() })) {
    log.warn({ site }, 'a site asks to join and waits for approval: beam-node invites list')
  }

  return 'waiting'
}

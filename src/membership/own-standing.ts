import { ALARM_WITHIN, WARN_WITHIN } from './limits.ts'
import type { Roster } from './index.ts'
import type { SiteId } from '../core/ids.ts'

type Known = Pick<Roster, 'member' | 'standing' | 'signerOf'>

const DAY = 86_400_000

/**
 * Why this site can do nothing with others now, and what its operator does about it;
 * undefined when it is a member.
 */
export function notMemberBecause (roster: Known, self: SiteId): string | undefined {
  const standing = roster.standing(self)
  const member = roster.member(self)

  switch (standing) {
    case 'member':
      return
    case 'revoked':
      return `${self} was revoked${when(member?.revoked?.at)}${byWhom(roster, member?.revoked?.seq)}${because(member?.revoked?.reason)}: it takes no part in the network any more; ask the operator of the authority for a new ticket, and join with it in another directory`
    case 'expired':
      return `the admission of ${self} ended${when(member?.notAfter)}: the operator of the authority runs "beam-node renew ${self}" there, and nothing has to be done here; if this date is in the future, look at the clock of this machine`
    case 'not-yet':
      return `the admission of ${self} begins only${when(member?.notBefore)}: look at the clock of this machine`
    case 'unknown':
      return `${self} is not on the roster any more: a recovery took its admission back; ask for a new ticket and join again in another directory`
    default:
      throw new Error(standing satisfies never)
  }
}

export interface EndingAdmission {
  level: 'warn' | 'error'
  /** Whole days that are left */
  days: number
  text: string
}

/** With less than 30 days left of the own admission; less than 7 are an error. Undefined else, and for who is no member */
export function endingAdmission (roster: Known, self: SiteId, now: number): EndingAdmission | undefined {
  const left = (roster.member(self)?.notAfter ?? 0) - now

  if (roster.standing(self) !== 'member' || left >= WARN_WITHIN) {
    return
  }

  const days = Math.max(0, Math.floor(left / DAY))

  return {
    level: left < ALARM_WITHIN ? 'error' : 'warn',
    days,
    text: `the admission of this site ends in ${days} days: the authority renews it by itself when both are online; else its operator runs: beam-node renew ${self}`
  }
}

function when (at: number | undefined): string {
  return at == null ? '' : ` on ${new Date(at).toISOString()}`
}

function byWhom (roster: Known, seq: number | undefined): string {
  const site = seq == null ? undefined : roster.signerOf?.(seq).site

  return seq == null ? '' : ` by the authority of the network${site == null ? '' : ` at ${site}`}`
}

function because (reason: string | undefined): string {
  return reason == null || reason === '' ? '' : ` ("${reason}")`
}

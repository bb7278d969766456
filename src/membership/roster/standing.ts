import type { Member, Standing } from '../index.ts'

/** How an admission is judged at an instant, whatever was signed under it and when */
export function standingOf (member: Member | undefined, now: number): Standing {
  if (member == null) {
    return 'unknown'
  }

  if (member.revoked != null) {
    return 'revoked'
  }

  if (now < member.notBefore) {
    return 'not-yet'
  }

  return now < member.notAfter ? 'member' : 'expired'
}

import type { AuthorityContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Member } from '../index.ts'

/** The present member whose id people take for this one: the same but for case or form of its letters */
export function holderOf (roster: AuthorityContext['roster'], site: SiteId): Member | undefined {
  const wanted = looks(site)

  return roster.members().find(member => !['revoked', 'expired'].includes(roster.standing(member.site)) && looks(member.site) === wanted)
}

function looks (site: SiteId): string {
  return site.normalize('NFKC').toLowerCase()
}

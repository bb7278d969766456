import { isRelayed } from '../paths/path.ts'
import { networkOf, ranked, shared } from './choose.ts'
import type { Candidate } from './choose.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Membership } from '../../membership/index.ts'

/** Quicker by this factor, and by so many ms, is better: less comes and goes with the load of machines and lines */
const QUICKER = 2
const QUICKER_BY = 25

export interface CandidatesComponents {
  membership: Pick<Membership, 'roster' | 'records' | 'self'>
  linkTo(site: SiteId): { rtt?: number } | undefined
}

/** Members that announce an address of their own: whoever can be reached may relay */
export function candidatesOf ({ membership: { roster, records, self }, linkTo }: CandidatesComponents): Candidate[] {
  return roster.members()
    .filter(({ site }) => site !== self && roster.standing(site) === 'member')
    .map(({ site, organization }) => {
      const addresses = (records.get(site)?.addresses ?? []).filter(address => !isRelayed(address))

      return { site, organization, networks: [...new Set(addresses.map(networkOf))], rtt: linkTo(site)?.rtt }
    })
    .filter(({ networks }) => networks.length > 0)
}

/** One of `free` that should take the place of one that is held, and whose; `ready` says whether it may be asked now */
export function improvement (free: Candidate[], held: Candidate[], ready: (site: SiteId) => boolean): { better: Candidate, worst: Candidate } | undefined {
  for (const worst of [...held].sort((a, b) => (b.rtt ?? 0) - (a.rtt ?? 0))) {
    const rest = held.filter(({ site }) => site !== worst.site)
    const better = ranked(free, rest).find(candidate => {
      const apart = shared(candidate, rest) - shared(worst, rest)
      const quicker = candidate.rtt != null && worst.rtt != null && candidate.rtt * QUICKER < worst.rtt && candidate.rtt + QUICKER_BY < worst.rtt

      return ready(candidate.site) && (apart < 0 || (apart === 0 && quicker))
    })

    if (better != null) {
      return { better, worst }
    }
  }
}

import type { RelayedView, RelayTrouble } from '../../network/index.ts'
import type { Check, Finding } from '../index.ts'

type Found = Omit<Finding, 'check'>

const LEND = 'have one more member lend itself (relay.enabled: yes, at one that can be reached)'

/** What to do when a member gives no reservation */
const MENDS: Record<RelayTrouble['kind'], string> = {
  full: `ask who runs it for more room (relay.maxReservations there), or ${LEND}`,
  refused: 'ask who runs it to look at "beam-node members" there: this site may be unknown to it',
  'no relay': `it lends itself when its operator sets relay.enabled: yes; or ${LEND}`,
  failed: 'ask who runs it whether it is up and well'
}

const WORDS: Record<RelayTrouble['kind'], string> = {
  full: 'has no room for a reservation',
  refused: 'refuses a reservation',
  'no relay': 'does not relay',
  failed: 'gave no reservation'
}

/** Whether a site that nobody can reach holds reservations at relays, through which it is reached */
export const relays: Check = {
  name: 'relays',
  run: async ({ running, facts }) => {
    if (running == null) {
      return [{ level: 'notice', found: 'not looked at: only the daemon knows its reservations' }]
    }

    if (running.relays == null) {
      return [{ level: 'notice', found: 'not looked at: the daemon is of an older version and does not say' }]
    }

    if (!running.relays.needed) {
      return [{ level: 'ok', found: 'none needed: this site can be reached' }]
    }

    if (facts?.members.some(({ standing }) => standing === 'member') !== true) {
      return [{ level: 'ok', found: 'no other member yet' }]
    }

    return judge(running.relays, (facts.letters ?? []).length > 0)
  }
}

/** `waits`: something waits for others, so it does matter now */
function judge ({ wanted, held, candidates, linked, troubles }: RelayedView, waits: boolean): Found[] {
  const names = held.map(({ relay }) => relay).join(' and ')

  if (held.length >= wanted) {
    return [{ level: 'ok', found: `reached through ${names}` }]
  }

  if (candidates.length === 0) {
    return [{ level: waits ? 'error' : 'notice', found: 'nobody could relay so far: this site cannot be reached, and no other member has an address of its own', mend: LEND }]
  }

  if (held.length === 0 && linked.length === 0) {
    return [{
      level: 'error',
      found: `all relays are down, or out of reach: none of ${candidates.length} members that could relay has a link (${some(candidates)})`,
      mend: `"beam-node doctor --peer ${candidates[0]}" says where the way to it ends; ask who runs it whether it is up`
    }]
  }

  const level = held.length === 0 ? 'error' : 'warning'
  const reasons = troubles.filter(({ kind }) => kind !== 'no relay' || held.length === 0)
  const head: Found[] = held.length === 0
    ? reasons.length > 0 ? [] : [{ level: 'notice', found: `no reservation yet; ${some(linked)} could relay` }]
    : [{ level: candidates.length < wanted ? 'notice' : 'ok', found: `reached through ${names} alone`, ...(candidates.length < wanted ? { mend: `so that others reach this site while ${names} is down, ${LEND}` } : {}) }]

  return [
    ...head,
    ...reasons.map(({ relay, kind, message, again }): Found => ({
      level: kind === 'no relay' && reasons.some(other => other.kind !== 'no relay') ? 'notice' : level,
      found: `${relay} ${WORDS[kind]} (${message}); it is asked again at ${new Date(again).toISOString()}`,
      mend: MENDS[kind]
    }))
  ]
}

function some (sites: string[]): string {
  return sites.length > 3 ? `${sites.slice(0, 3).join(', ')} and ${sites.length - 3} more` : sites.join(', ')
}

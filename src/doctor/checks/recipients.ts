import { refusalMend } from '../refusal-mends.ts'
import type { Check, Finding, Letter, Patient } from '../index.ts'

type Found = Omit<Finding, 'check'>

/** Sites that are named; further ones are counted */
const MOST = 8

/** Refusals for good are told for so long, ms. @default 24 h */
const NEWS = 86_400_000

/** Sites for whom something waits, and those that refuse: unknown, offline, refusing for now or for good */
export const recipients: Check = {
  name: 'recipients',
  run: async (patient) => {
    const { facts, clock } = patient

    if (facts?.letters == null) {
      return [{ level: 'notice', found: 'not looked at: the store could not be read' }]
    }

    const sites = [...Map.groupBy(facts.letters, ({ site }) => site)]
    const refused = (facts.refused ?? []).filter(({ since }) => clock.now() - since < NEWS)
    const found = [
      ...sites.slice(0, MOST).flatMap(([site, letters]) => waiting(patient, site, letters)),
      ...(sites.length > MOST ? [{ level: 'notice' as const, found: `something waits for ${sites.length - MOST} more sites` }] : []),
      ...[...Map.groupBy(refused, ({ to, reason }) => `${to} ${reason ?? ''}`).values()].slice(0, MOST).map((same): Found => ({
        level: 'warning',
        found: `${same[0].to} refused ${same.length === 1 ? `task ${same[0].task}` : `${same.length} tasks, the last one ${same[0].task}`} for good: ${same[0].reason ?? 'without a reason'}`,
        mend: refusalMend(same[0].reason)
      }))
    ]

    return found.length > 0 ? found : [{ level: 'ok', found: 'nothing waits for anybody, and nobody refused anything lately' }]
  }
}

function waiting ({ facts, running }: Patient, site: string, letters: Letter[]): Found[] {
  const standing = facts?.members.find(member => member.site === site)?.standing ?? 'unknown'
  // only the first of all that wait are looked at
  const count = Math.max(letters.length, facts?.waiting.find(other => other.site === site)?.count ?? 0)
  const waits = `${count === 1 ? '1 envelope waits' : `${count} envelopes wait`} for ${site}`
  const kept = letters.filter(({ mailed }) => mailed != null)
  const walk = `"beam-node doctor --peer ${site}" walks the way to it`

  if (standing !== 'member') {
    return [{
      level: 'warning',
      found: `${waits}, which is no member now (${standing}): nothing is sent to it until it is one again`,
      mend: `"beam-node members" shows who is; what nobody needs any more: beam-node tasks cancel ${letters[0].task.id}`
    }]
  }

  if (running == null) {
    return [{ level: 'notice', found: `${waits}; nothing goes out while the daemon is down` }]
  }

  if (!running.links.some(link => link.site === site)) {
    return [{
      level: kept.length === letters.length ? 'notice' : 'warning',
      found: `${waits}, which is offline or out of reach${letters[0].note == null ? '' : ` (${letters[0].note})`}${kept.length === 0 ? '' : `; ${kept.length} kept for it by ${[...new Set(kept.flatMap(({ mailed }) => mailed ?? []))].join(' and ')}`}`,
      mend: walk
    }]
  }

  const refusals = [...Map.groupBy(letters.filter(({ note }) => note?.startsWith(FOR_NOW) === true), ({ note }) => note?.slice(FOR_NOW.length) ?? '')]

  if (refusals.length === 0) {
    return [{ level: 'ok', found: `${waits}, and it has a link` }]
  }

  return refusals.map(([reason, same]): Found => ({
    level: 'warning',
    found: `${site} takes ${same.length === 1 ? '1 envelope' : `${same.length} envelopes`} not now: ${reason}`,
    mend: refusalMend(reason)
  }))
}

/** As the courier's notes begin */
const FOR_NOW = 'refused for now: '

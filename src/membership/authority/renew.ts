import { NotFoundError, RefusedError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import { ADMISSION_LIFETIME, ALIVE_WITHIN, RENEW_AT_ONCE, RENEW_WITHIN } from '../limits.ts'
import { signEntry } from '../roster/entry.ts'
import { renewEntry } from '../roster/statements.ts'
import type { AuthorityContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Member, RosterHead } from '../index.ts'
import type { DecodedEntry } from '../roster/entry.ts'

/** A year from now, whatever was left */
export async function renew (context: AuthorityContext, site: SiteId): Promise<{ notAfter: number, head: RosterHead }> {
  const { store, roster, clock, sign, compareHeads, checkKey, checkClock, log } = context
  checkKey()
  checkClock()

  const check = (): void => {
    const member = roster.member(site)

    if (member == null) {
      throw new NotFoundError(`there is no site ${quote(site)} on the roster`)
    }

    if (member.revoked != null) {
      throw new RefusedError(`${site} is revoked: invite it again, it joins with a new key`)
    }
  }

  check()
  await compareHeads()
  check()

  const now = clock.now()
  const notAfter = now + ADMISSION_LIFETIME

  await roster.append(
    async head => signEntry(renewEntry(head, { site, notAfter }, now), sign),
    async append => store.appendRoster(append)
  )
  log.info({ site, until: new Date(notAfter).toISOString(), seq: roster.head().seq }, 'an admission was renewed')

  return { notAfter, head: roster.head() }
}

/**
 * All of them in one commit: the heads of the others are asked for once, and one frame
 * tells the network. Who was revoked or ran out meanwhile is left out.
 */
export async function renewAll (context: AuthorityContext, sites: SiteId[]): Promise<SiteId[]> {
  const { store, roster, clock, sign, compareHeads, checkKey, checkClock, log } = context
  checkKey()
  checkClock()
  await compareHeads()
  checkKey()

  const due = sites.filter(site => roster.standing(site) === 'member')

  if (due.length === 0) {
    return []
  }

  const now = clock.now()
  const notAfter = now + ADMISSION_LIFETIME

  await roster.append(
    async head => {
      const entries: DecodedEntry[] = []

      for (const site of due) {
        const last = entries.at(-1)
        entries.push(await signEntry(renewEntry(last == null ? head : { seq: last.entry.seq, hash: last.hash }, { site, notAfter }, now), sign))
      }

      return entries
    },
    async append => store.appendRoster(append)
  )
  log.info({ sites: due, until: new Date(notAfter).toISOString(), seq: roster.head().seq }, 'admissions were renewed')

  return due
}

/**
 * Members whose time runs out, most urgent first. Renewed without being asked is only
 * who is a member now and showed within the last weeks that it is alive: a record that
 * it signed itself. This site is.
 */
export function runningOut ({ roster, records, self, clock }: Pick<AuthorityContext, 'roster' | 'records' | 'self' | 'clock'>): SiteId[] {
  const now = clock.now()
  const alive = ({ site }: Member): boolean => site === self || (records.get(site)?.at ?? 0) > now - ALIVE_WITHIN

  return roster.members()
    .filter(member => roster.standing(member.site) === 'member' && member.notAfter - now < RENEW_WITHIN && alive(member))
    .sort((one, other) => one.notAfter - other.notAfter)
    .map(({ site }) => site)
    .slice(0, RENEW_AT_ONCE)
}

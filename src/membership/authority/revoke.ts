import { ConflictError, InvalidInputError, NotFoundError, RefusedError } from '../../core/errors.ts'
import { quote } from '../../core/ids.ts'
import { MAX_REASON } from '../limits.ts'
import { signEntry } from '../roster/entry.ts'
import { revokeEntry } from '../roster/statements.ts'
import type { AuthorityContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { RosterHead } from '../index.ts'

export async function revoke ({ store, roster, self, clock, sign, compareHeads, checkKey, log }: AuthorityContext, site: SiteId, reason: string): Promise<RosterHead> {
  checkKey()

  if (reason.length > MAX_REASON || /\p{C}/u.test(reason)) {
    throw new InvalidInputError('reason', `must be at most ${MAX_REASON} printable characters`)
  }

  const check = (): void => {
    const member = roster.member(site)

    if (member == null) {
      throw new NotFoundError(`there is no site ${quote(site)} on the roster`)
    }

    if (member.revoked != null) {
      throw new ConflictError(`${site} is revoked already`)
    }
  }

  check()

  if (site === self) {
    throw new RefusedError(`${site} holds the authority key and cannot revoke itself`)
  }

  await compareHeads()
  check()

  await roster.append(
    async head => signEntry(revokeEntry(head, { site, reason }, clock.now()), sign),
    async append => store.appendRoster(append)
  )

  log.info({ site, seq: roster.head().seq }, 'a site was revoked')

  return roster.head()
}

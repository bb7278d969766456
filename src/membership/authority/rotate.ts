import { signEntry } from '../roster/entry.ts'
import { rotateAuthorityEntry } from '../roster/statements.ts'
import type { AuthorityContext } from './context.ts'
import type { RosterHead } from '../index.ts'
import type { AuthorityKeyFile } from '../keys/authority-key.ts'

/**
 * The next key is on disk before the roster names it, and takes the place of the
 * present one after: whichever the roster names, its file is there.
 */
export async function rotate ({ store, roster, clock, random, sign, compareHeads, checkKey, log }: AuthorityContext, file: AuthorityKeyFile): Promise<{ authority: Uint8Array, head: RosterHead }> {
  checkKey()
  await compareHeads()
  checkKey()

  const authority = await file.prepare(random)
  await roster.append(
    async head => signEntry(rotateAuthorityEntry(head, authority, clock.now()), sign),
    async append => store.appendRoster(append)
  )
  await file.settle(roster.authorityKey)
  log.warn({ seq: roster.head().seq }, 'the authority key was replaced')

  return { authority, head: roster.head() }
}

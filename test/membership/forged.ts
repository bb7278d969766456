import { join } from 'node:path'
import { createSigner } from '../../src/core/ed25519.ts'
import { readPem } from '../../src/membership/keys/site-keys.ts'
import { ADMISSION_LIFETIME } from '../../src/membership/limits.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { renewEntry } from '../../src/membership/roster/statements.ts'
import type { RosterHead } from '../../src/membership/index.ts'
import type { DecodedEntry } from '../../src/membership/roster/entry.ts'

/** What a copy of the authority's disk signs: an entry after `head` that the authority itself knows nothing of */
export async function forgedRenewal (authorityDir: string, head: RosterHead, site: string, at: number): Promise<DecodedEntry> {
  const thief = createSigner({ siteId: '', privateKey: await readPem(join(authorityDir, 'keys', 'authority.key'), 'ed25519') })

  return signEntry(renewEntry(head, { site, notAfter: at + ADMISSION_LIFETIME + 1 }, at), async data => thief.sign(data))
}

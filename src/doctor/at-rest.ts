import { open } from 'node:fs/promises'
import { withStore } from '../control/with-store.ts'
import { silentLog } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import { loadMembership } from '../membership/load.ts'
import { MIGRATIONS } from '../store/migrations/index.ts'
import { CLOCK_KEY } from '../store/transitions/touch-clock.ts'
import type { SiteFacts } from './index.ts'
import type { Layout } from '../config/layout.ts'
import type { Clock } from '../core/clock.ts'

/** Envelopes of all that wait that are looked at */
export const LETTERS = 200

/**
 * Reads the store of a data directory at rest, under its lock.
 *
 * @throws {BeamError} when somebody else has it, it cannot be opened, or the roster does not know it
 */
export async function factsAtRest (files: Layout, clock: Clock): Promise<SiteFacts> {
  return withStore(files.dir, async store => {
    const { roster, records, self } = await loadMembership({ dir: files.dir, store, clock, random: systemRandom, log: silentLog })
    const now = clock.now()
    const [waiting, letters, mark] = await Promise.all([store.outboxSites({ now }), store.listWaiting({ limit: LETTERS, now }), store.getMeta({ key: CLOCK_KEY })])
    const oldest = letters.at(0)
    const member = roster.member(self)

    return {
      self,
      standing: roster.standing(self),
      until: member?.notAfter,
      reason: member?.revoked?.reason,
      roster: { seq: roster.head().seq, forked: roster.forked, halted: roster.halted },
      members: roster.members().filter(({ site }) => site !== self).map(({ site }) => ({ site, standing: roster.standing(site), addresses: records.get(site)?.addresses ?? [] })),
      waiting,
      letters,
      ...(oldest == null ? {} : { oldest: { site: oldest.site, since: oldest.since, note: oldest.reason } }),
      ...(mark == null ? {} : { mark: Number(mark) })
    }
  })
}

/** Opening the store would bring it up to date: that is for the next start, after a backup. Says so when it is the case */
export async function olderVersion ({ store }: Layout): Promise<string | undefined> {
  if (await layoutVersion(store) < MIGRATIONS[MIGRATIONS.length - 1].version) {
    return `${store} was written by an older version of beam-node: not opened, because that would change it`
  }
}

/** Where SQLite's header has PRAGMA user_version */
const USER_VERSION = 60

/** Read from the header alone: opening it would already be a change. Infinity when it is no database, which opening says better */
async function layoutVersion (path: string): Promise<number> {
  const file = await open(path).catch(() => undefined)

  if (file == null) {
    return Infinity
  }

  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0)

    return bytesRead === 100 && buffer.toString('latin1', 0, 15) === 'SQLite format 3' ? buffer.readUInt32BE(USER_VERSION) : Infinity
  } finally {
    await file.close()
  }
}

import { existsSync } from 'node:fs'
import { createApps } from '../access/create-apps.ts'
import { createAuditReader } from '../audit/create-audit.ts'
import { layout } from '../config/layout.ts'
import { systemClock } from '../core/clock.ts'
import { NotFoundError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import { loadMembership } from '../membership/load.ts'
import { createBackup } from './backup/index.ts'
import { createLocalOperator } from './local-operator.ts'
import { withStore } from './with-store.ts'
import type { LocalOperator } from './index.ts'
import type { Layout } from '../config/layout.ts'

/** @throws {NotFoundError} with what to do about it */
export function requireMember (files: Layout): void {
  if (!existsSync(files.network)) {
    throw new NotFoundError(`${files.dir} belongs to no network yet: found one with "beam-node init", or become a member of one with "beam-node join"`)
  }
}

/**
 * What an operator can do with a data directory at rest.
 *
 * @throws {ConflictError} when a daemon or another command has it
 */
export async function withOffline<T> (dir: string, work: (operator: LocalOperator) => Promise<T>): Promise<T> {
  requireMember(layout(dir))

  return withStore(dir, async store => {
    const surroundings = { clock: systemClock, random: systemRandom, log: silentLog }
    const membership = await loadMembership({ dir, store, ...surroundings })
    // apps of the environment belong to the daemon's environment, not to this command's
    const apps = await createApps({ store, self: membership.self, envApps: [], ...surroundings })

    return work(createLocalOperator({ membership, apps, audit: createAuditReader({ store, membership, ...surroundings }), backup: createBackup({ dir, store, membership, ...surroundings }) }))
  })
}

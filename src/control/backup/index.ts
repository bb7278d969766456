import { version } from '../../version.ts'
import { writeBackup } from './write-backup.ts'
import type { BackupView } from './write-backup.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Membership } from '../../membership/index.ts'
import type { Store } from '../../store/index.ts'

export type { BackupView } from './write-backup.ts'

export interface BackupComponents {
  /** Data directory */
  dir: string
  store: Pick<Store, 'backup'>
  membership: Pick<Membership, 'self' | 'roster'>
  clock: Pick<Clock, 'now'>
  log: Log
}

export type Backup = (input: { file: string }) => Promise<BackupView>

/** How far a backup is, is logged at each tenth */
const TENTHS = 10

/** Backups of the site whose store is open here, whether a daemon runs on it or not */
export function createBackup ({ dir, store, membership, clock, log }: BackupComponents): Backup {
  return async ({ file }) => {
    let tenth = 0
    const done = await writeBackup({
      dir,
      file,
      site: membership.self,
      network: membership.roster.network,
      program: version(),
      now: clock.now(),
      copyStore: async (to) => store.backup(to, (pages, total) => {
        const now = total === 0 ? TENTHS : Math.floor(pages * TENTHS / total)

        if (now > tenth) {
          tenth = now
          log.info({ file, percent: now * 100 / TENTHS }, 'a backup is written')
        }
      })
    })

    log.info({ file, bytes: done.bytes }, 'a backup was written')

    return done
  }
}

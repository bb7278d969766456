import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { layout } from '../../config/layout.ts'
import { BeamError, ConflictError } from '../../core/errors.ts'
import { makePrivateDirectory, syncDirectory } from '../../core/files.ts'
import { openCore } from '../../store/core.ts'
import { takeLock } from '../lock.ts'
import { STORE_PART } from './manifest.ts'
import { extractBackup } from './read-backup.ts'

export interface RestoreInit {
  /** The backup */
  file: string
  /** Data directory to be */
  dir: string
  /** What is in the data directory is moved aside */
  force: boolean
  /** There is no other member that could show a newer roster */
  alone: boolean
  /** Unix ms */
  now: number
}

export interface RestoreView {
  site: string
  network: string
  dir: string
  /** When the backup was made, Unix ms */
  created: number
  incarnation: number
  /** Where the former data directory is now */
  aside?: string
  /** The roster must be compared with another member's before this site signs entries */
  compareRoster: boolean
}

/**
 * Makes a data directory of a backup, in a new life of its store. All of it is put
 * together and checked beside the data directory; the last step is a rename.
 *
 * @throws {InvalidInputError} when the backup is none, cut off or damaged
 * @throws {ConflictError} when the directory is in use, or holds something and `force` is not set
 */
export async function restoreSite (init: RestoreInit): Promise<RestoreView> {
  const { file, dir, force, now } = init
  const former = existsSync(dir) ? (await readdir(dir)).filter(name => name !== 'run') : []

  if (former.length > 0 && !force) {
    throw new ConflictError(`${dir} is not empty: choose another directory, or say --force to move what is there aside`)
  }

  await makePrivateDirectory(dirname(dir))
  const lock = existsSync(dir) ? await takeLock(layout(dir)) : undefined
  const coming = join(dirname(dir), `.${basename(dir)}.restoring-${process.pid}`)

  try {
    await mkdir(coming, { mode: 0o700 })
    const { site, network, created } = await extractBackup(file, coming)
    const compareRoster = existsSync(join(coming, 'keys', 'authority.key')) && !init.alone
    const incarnation = beginLife(join(coming, STORE_PART), { now, compareRoster })
    const aside = existsSync(dir) ? await moveAside(dir, now, former.length > 0) : undefined
    await rename(coming, dir)
    await syncDirectory(dirname(dir))

    return { site, network, dir, created, incarnation, ...(aside == null ? {} : { aside }), compareRoster }
  } finally {
    lock?.release()
    await rm(coming, { recursive: true, force: true })
  }
}

/** Checked to the last page before anything relies on it */
function beginLife (path: string, input: { now: number, compareRoster: boolean }): number {
  const core = openCore({ path })

  try {
    const findings = core.maintenance.check(true)

    if (findings.length > 0) {
      throw new BeamError('STORE_CORRUPT', `the database in the backup is damaged (${findings.join('; ')}): take another backup`)
    }

    return core.takeNewLife(input)
  } finally {
    core.close()
  }
}

async function moveAside (dir: string, now: number, keep: boolean): Promise<string | undefined> {
  if (!keep) {
    await rm(dir, { recursive: true })
    return
  }

  const aside = `${dir}.before-restore-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
  await rename(dir, aside)

  return aside
}

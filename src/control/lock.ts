import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ConflictError } from '../core/errors.ts'
import { makePrivateDirectory } from '../core/files.ts'
import type { Layout } from '../config/layout.ts'

/** Another process uses the data directory */
export class LockedError extends ConflictError {
  constructor (files: Layout) {
    super(`a daemon or command is using ${files.dir} already${holder(files)}; stop it with: beam-node stop --dir ${files.dir}`)
    this.name = 'LockedError'
  }
}

/** Held as long as one process may use the data directory */
export interface Lock {
  release(): void
}

/**
 * An exclusive transaction on an SQLite file: a lock of the kernel's, which is gone
 * whenever and however the process ends, so that no stale one can exist. Nobody may
 * open the lock file itself: closing it anywhere in this process would free it.
 *
 * @throws {LockedError} naming the process that holds it
 */
export async function takeLock (files: Layout): Promise<Lock> {
  await makePrivateDirectory(files.run)
  // a directory that was there before may have been made by hand
  chmodSync(files.run, 0o700)

  const database = new DatabaseSync(files.lock, { timeout: 0 })

  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (err) {
    database.close()

    if (isBusy(err)) {
      throw new LockedError(files)
    }

    throw err
  }

  chmodSync(files.lock, 0o600)
  // only for the message above
  writeFileSync(files.pid, `${process.pid}\n`, { mode: 0o600 })

  return {
    release: () => {
      rmSync(files.pid, { force: true })
      database.close()
    }
  }
}

const SQLITE_BUSY = 5

function isBusy (err: unknown): boolean {
  return (((err as { errcode?: number }).errcode ?? 0) & 0xff) === SQLITE_BUSY
}

function holder (files: Layout): string {
  try {
    const pid = readFileSync(files.pid, 'utf8').trim()

    return /^\d+$/.test(pid) ? ` (process ${pid})` : ''
  } catch {
    // it is just starting or ending: the sentence does without
    return ''
  }
}

import { existsSync, statSync } from 'node:fs'
import { StoreError, howToRestore } from './errors.ts'
import type { LastRun } from './last-run.ts'
import type { Maintenance } from './maintenance.ts'

/**
 * After a run that was cut, files up to this size are checked whole before anything
 * is served; of larger ones what SQLite itself notices while it reads. After trouble
 * with the disk every file is checked, whatever its size.
 *
 * @default 256 MiB, about a second
 */
export const CHECK_UP_TO = 268_435_456

export function damaged (path: string, what: string): StoreError {
  return new StoreError('STORE_CORRUPT', `${path} is damaged (${what}): ${howToRestore(path)}`)
}

/**
 * A log that went missing took acknowledged work with it, and SQLite alone would go
 * on without a word. Asked before the database is opened, which makes a new one.
 *
 * @throws {StoreError} STORE_CORRUPT
 */
export function checkLogIsThere (path: string, last: LastRun): void {
  if (last.ended === 'cut' && last.mayBeClosed !== true && statSync(path, { throwIfNoEntry: false }) != null && !existsSync(`${path}-wal`)) {
    throw damaged(path, `its write-ahead log ${path}-wal is gone, and with it what was acknowledged last; put it back if you can, or remove ${path}-run to go on without it`)
  }
}

export interface IntegrityComponents {
  path: string
  maintenance: Maintenance
  last: LastRun
  /** Something that takes long begins */
  say(text: string): void
}

/**
 * Whether what is there may be relied on. After a clean end: the length of the file.
 * After a cut: all of it as well, when that is quick. After trouble with the disk: all
 * of it, and its indexes.
 *
 * @throws {StoreError} STORE_CORRUPT naming what was found and how to go on
 */
export function checkIntegrity ({ path, maintenance, last, say }: IntegrityComponents): void {
  checkLength(path, maintenance)
  const size = statSync(path).size

  if (last.ended === 'none' || (last.ended === 'cut' && size > CHECK_UP_TO)) {
    return
  }

  if (last.ended === 'trouble') {
    say(`the last run ended in trouble with the disk (${last.reason ?? ''}): checking all ${Math.ceil(size / 1_048_576)} MiB of the database`)
  }

  const findings = maintenance.check(last.ended === 'trouble')

  if (findings.length > 0) {
    throw damaged(path, findings.join('; ').replaceAll('\n', ' ').slice(0, 500))
  }
}

function checkLength (path: string, maintenance: Maintenance): void {
  try {
    maintenance.checkpoint()
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_FULL') {
      // the rest of the file is still in the log
      return
    }

    throw error
  }

  const expected = maintenance.expectedBytes()
  const { size } = statSync(path)

  if (size < expected) {
    throw damaged(path, `it is cut off: ${size} bytes long, and should be ${expected}`)
  }
}

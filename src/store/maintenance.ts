import { statSync } from 'node:fs'
import { backup } from 'node:sqlite'
import { translateError } from './errors.ts'
import type { DatabaseSync } from 'node:sqlite'

/**
 * SQLite works the write-ahead log into the database at 4 MiB and writes it anew from its
 * beginning. One that grows by this much beyond its longest is not worked in, bytes.
 *
 * @default 8 MiB
 */
const GROWTH = 8_388_608

/** Pages that a backup copies before it lets others work. @default 256 (1 MiB) */
const BACKUP_STEP = 256

/** Findings that are named at most */
const MAX_FINDINGS = 5

/** What is done with the file as a whole; it has no part in any transition */
export interface Maintenance {
  /**
   * SQLite keeps silent when a checkpoint of its own fails. Nothing is lost then, but
   * a disk that fails there must be noticed, too: asked after each commit, it looks why
   * when the log grows.
   *
   * @throws {StoreError}
   */
  lookAtLog(): void
  /**
   * Works in the whole write-ahead log and gives its bytes back.
   *
   * @throws {StoreError}
   */
  checkpoint(): void
  /** What is wrong with the file; empty when nothing is. `full` compares the indexes with their tables too */
  check(full: boolean): string[]
  /** Bytes that the database must have on disk after a checkpoint */
  expectedBytes(): number
  /** Bytes of the write-ahead log */
  walBytes(): number
  /** A consistent copy, while transitions go on; the calls in between are not held up */
  backup(to: string, progress: (done: number, total: number) => void): Promise<void>
}

export function createMaintenance (db: DatabaseSync, path: string): Maintenance {
  const guard = <T> (fn: () => T): T => {
    try {
      return fn()
    } catch (error) {
      throw translateError(error, path)
    }
  }
  const number = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? { n: 0 })[0])
  const walBytes = (): number => path === ':memory:' ? 0 : statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  /** Longest size of the log at which a checkpoint worked */
  let longest = 0

  return {
    lookAtLog: () => {
      const size = walBytes()

      if (size - longest >= GROWTH) {
        guard(() => { db.exec('PRAGMA wal_checkpoint(PASSIVE)') })
        longest = size
      }
    },
    checkpoint: () => {
      guard(() => { db.exec('PRAGMA wal_checkpoint(TRUNCATE)') })
    },
    check: (full) => guard(() => db.prepare(`PRAGMA ${full ? 'integrity_check' : 'quick_check'}(${MAX_FINDINGS})`).all()
      .map(row => String(Object.values(row)[0]))
      .filter(line => line !== 'ok')),
    expectedBytes: () => guard(() => number('page_count') * number('page_size')),
    walBytes,
    backup: async (to, progress) => {
      try {
        await backup(db, to, { rate: BACKUP_STEP, progress: ({ totalPages, remainingPages }) => { progress(totalPages - remainingPages, totalPages) } })
      } catch (error) {
        throw translateError(error, to)
      }
    }
  }
}

import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError, translateError } from './errors.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { Migration } from './migrations/index.ts'

/** Marks a database file as ours, in SQLite's header: "Beam" */
export const APPLICATION_ID = 0x4265616d

/** How long to wait for another process to let go of the file, in ms */
const BUSY_TIMEOUT = 2_000

/** Page cache in KiB */
const CACHE = 32_768

/** The write-ahead log is cut back to this many bytes after a checkpoint */
const JOURNAL_LIMIT = 67_108_864

export interface OpenDatabaseInit {
  /** A file, `:memory:`, or a name in memory such as `file:/name?vfs=memdb` */
  path: string
  /** Largest size of the file in bytes. @default no limit but the disk's */
  maxBytes?: number
}

function pragma (db: DatabaseSync, name: string): number {
  const row = db.prepare(`PRAGMA ${name}`).get()

  return Number(row == null ? 0 : Object.values(row)[0])
}

/**
 * Refuses what this program must not touch, before anything is written to it.
 */
function inspect (db: DatabaseSync, path: string, newest: number): number {
  const version = pragma(db, 'user_version')
  const application = pragma(db, 'application_id')
  const objects = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n)

  if (application !== APPLICATION_ID && (objects > 0 || version !== 0 || application !== 0)) {
    throw new StoreError('STORE_FOREIGN', `${path} is a database of another program, not a store of beam-node: choose another data directory, or move the file away`)
  }

  if (version > newest) {
    throw new StoreError('STORE_NEWER', `${path} has version ${version}, this program knows versions up to ${newest}: start the newer beam-node again, or restore the copy made before the upgrade`)
  }

  return version
}

/**
 * Brings a database to the newest version, each step in a transaction of its own.
 */
export function migrate (db: DatabaseSync, path: string, migrations: Migration[]): void {
  const newest = migrations[migrations.length - 1].version
  const version = inspect(db, path, newest)

  for (const migration of migrations.filter(m => m.version > version)) {
    db.exec('BEGIN IMMEDIATE')

    try {
      migration.up(db)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migration.version}; COMMIT`)
    } catch (error) {
      if (db.isTransaction) {
        db.exec('ROLLBACK')
      }

      throw error
    }
  }
}

/**
 * Opens, checks and prepares the database.
 *
 * @throws {StoreError} STORE_NEWER, STORE_FOREIGN, STORE_CORRUPT, STORE_LOCKED, STORE_UNOPENABLE
 */
export function openDatabase (init: OpenDatabaseInit): DatabaseSync {
  const { path } = init
  let db: DatabaseSync | undefined

  try {
    if (path !== ':memory:' && !path.startsWith('file:')) {
      // SQLite would make it readable for others; its side files take over the mode
      closeSync(openSync(path, 'a', 0o600))
    }

    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT })
    // one process owns the store: its counters live in memory, and WAL needs no shared memory file
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    inspect(db, path, MIGRATIONS[MIGRATIONS.length - 1].version)
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE}; PRAGMA journal_size_limit = ${JOURNAL_LIMIT}`)

    if (init.maxBytes != null) {
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(init.maxBytes / pragma(db, 'page_size')))}`)
    }

    migrate(db, path, MIGRATIONS)

    return db
  } catch (error) {
    db?.close()

    if (error instanceof Error && 'syscall' in error) {
      throw new StoreError('STORE_UNOPENABLE', `${path} cannot be opened (${error.message}): check that its directory exists and may be written`, { cause: error })
    }

    throw translateError(error, path)
  }
}

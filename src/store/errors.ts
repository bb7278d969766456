import { dirname } from 'node:path'
import { BeamError } from '../core/errors.ts'

/**
 * The conditions of the store itself, as opposed to outcomes of a transition.
 * Whatever is thrown was not acknowledged and is not on disk.
 */
export type StoreErrorCode =
  /** Made by a newer program */
  | 'STORE_NEWER'
  /** An SQLite database, but not ours */
  | 'STORE_FOREIGN'
  /** Not readable as a database, or damaged */
  | 'STORE_CORRUPT'
  /** Another process has it open */
  | 'STORE_LOCKED'
  /** The file cannot be opened at all */
  | 'STORE_UNOPENABLE'
  /** No space: nothing is acknowledged until there is room again */
  | 'STORE_FULL'
  /** The disk failed a read or a write */
  | 'STORE_IO'
  /** A failed fsync or a dead worker: nothing is acknowledged until a restart */
  | 'STORE_FAILED'
  /** Used after close() */
  | 'STORE_CLOSED'
  /** The caller broke a rule that the types cannot express */
  | 'STORE_MISUSE'

export class StoreError extends BeamError {
  declare readonly code: StoreErrorCode

  constructor (code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'StoreError'
  }
}

export function howToRestore (path: string): string {
  return `restore a backup with "beam-node restore FILE --force --dir ${dirname(dirname(path))}", which keeps what is there aside`
}

/** These say that the disk, not the operation, is at fault: a batch ends as one */
const DISK: ReadonlySet<string> = new Set<StoreErrorCode>(['STORE_FULL', 'STORE_IO', 'STORE_FAILED', 'STORE_CORRUPT', 'STORE_LOCKED'])

export function isDiskError (error: unknown): error is StoreError {
  return error instanceof StoreError && DISK.has(error.code)
}

interface SqliteError extends Error {
  errcode: number
  errstr: string
}

function isSqliteError (error: unknown): error is SqliteError {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR'
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26
const IOERR_FSYNC = 1034
const IOERR_DIR_FSYNC = 1290

/**
 * SQLite's result codes as our conditions; anything else stays as it is, since it
 * is a programming error and should look like one.
 */
export function translateError (error: unknown, path: string): unknown {
  if (!isSqliteError(error)) {
    return error
  }

  const cause = { cause: error }

  if (error.errcode === IOERR_FSYNC || error.errcode === IOERR_DIR_FSYNC) {
    return new StoreError('STORE_FAILED', `writing ${path} to disk failed (${error.message}): nothing more is acknowledged; check the disk, then restart`, cause)
  }

  // the low byte is the primary code, the rest details
  switch (error.errcode & 0xff) {
    case SQLITE_FULL:
      return new StoreError('STORE_FULL', `there is no space left for ${path}: nothing is accepted until there is room again`, cause)
    case SQLITE_IOERR:
      return new StoreError('STORE_IO', `the disk failed on ${path} (${error.message})`, cause)
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new StoreError('STORE_CORRUPT', `${path} is not a readable database (${error.message}): ${howToRestore(path)}`, cause)
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new StoreError('STORE_LOCKED', `${path} is in use by another process`, cause)
    case SQLITE_CANTOPEN:
      return new StoreError('STORE_UNOPENABLE', `${path} cannot be opened (${error.message}): check that its directory exists and may be written`, cause)
    default:
      return error
  }
}

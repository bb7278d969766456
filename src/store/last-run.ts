import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * How the last run ended, as the next one finds it:
 * `none`: it closed the database; `cut`: it did not come to that; `trouble`: the disk
 * failed.
 */
export interface LastRun {
  ended: 'none' | 'cut' | 'trouble'
  /** What the disk did */
  reason?: string
  /** The database may have been closed, and its write-ahead log worked in and removed */
  mayBeClosed?: boolean
}

/** Kept in a small file beside the database, which is there only while it is open */
export interface RunMark {
  last(): LastRun
  /** The database is open and its write-ahead log exists */
  running(): void
  trouble(reason: string): void
  /** From here on the write-ahead log may go */
  closing(): void
  closed(): void
}

/** Longest reason that is kept, characters */
const MAX_REASON = 500

export function createRunMark (path: string): RunMark {
  const file = `${path}-run`

  const write = (content: object): void => {
    const temporary = `${file}.tmp`
    const handle = openSync(temporary, 'w', 0o600)

    try {
      writeSync(handle, `${JSON.stringify(content)}\n`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }

    renameSync(temporary, file)
    const directory = openSync(dirname(path), 'r')

    try {
      fsyncSync(directory)
    } finally {
      closeSync(directory)
    }
  }

  return {
    last: () => {
      if (!existsSync(file)) {
        return { ended: 'none' }
      }

      const mark = parse(readFileSync(file, 'utf8'))

      if (mark.state === 'trouble') {
        return { ended: 'trouble', reason: String(mark.reason ?? '') }
      }

      return { ended: 'cut', mayBeClosed: mark.state === 'closing' }
    },
    running: () => { write({ state: 'running' }) },
    trouble: (reason) => { write({ state: 'trouble', reason: reason.slice(0, MAX_REASON) }) },
    closing: () => { write({ state: 'closing' }) },
    closed: () => { rmSync(file, { force: true }) }
  }
}

/**
 * For a process that ends without closing: its threads are torn down, and SQLite may
 * still close the database by itself, in good order but without a word.
 */
export function markTornDown (path: string): void {
  const mark = createRunMark(path)

  if (path !== ':memory:' && mark.last().ended === 'cut') {
    mark.closing()
  }
}

/** A mark that is no JSON was cut while it was written, or damaged: the run did not end well */
function parse (text: string): { state?: unknown, reason?: unknown } {
  try {
    return { ...JSON.parse(text) }
  } catch {
    return {}
  }
}

/** Closes the database; when that is the good end of a run, the mark goes. One of trouble stays */
export function closeMarked (path: string, close: () => void): void {
  const mark = createRunMark(path)
  let good = path !== ':memory:' && mark.last().ended === 'cut'

  if (good) {
    try {
      mark.closing()
    } catch {
      // a full disk: the next start looks closer than it needs to
      good = false
    }
  }

  close()

  if (good) {
    mark.closed()
  }
}

import { stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { takeLock } from '../../control/lock.ts'
import type { Check, Finding, Patient } from '../index.ts'

/** Files up to this size are read whole while the daemon is down, bytes. @default 4 GiB */
const MOST = 4_294_967_296

/** Damages that are named */
const NAMED = 3

/** The database: opened by the daemon, or read through at rest */
export const store: Check = {
  name: 'store',
  run: async ({ files, facts, running, silent, factsError, outdated }) => {
    if (running != null) {
      return [{ level: 'ok', found: 'the daemon has it open and it answers; it is read through when the daemon is down' }]
    }

    if (outdated != null) {
      return [{ level: 'notice', found: outdated, mend: 'make a backup, then start the daemon: it brings it up to date' }]
    }

    if (facts == null) {
      return [silent == null && factsError?.code !== 'REFUSED'
        ? { level: 'error', found: factsError?.message ?? 'cannot be opened' }
        : { level: 'notice', found: 'not looked at' }]
    }

    const { size } = await stat(files.store)

    return size > MOST
      ? [{ level: 'notice', found: `${Math.floor(size / 1_048_576)} MiB: too large to be read through here` }]
      : readThrough(files)
  }
}

/** Only after it was opened and closed in order: nothing is left in the log then, and its lock is free */
async function readThrough (files: Patient['files']): Promise<Array<Omit<Finding, 'check'>>> {
  const lock = await takeLock(files)

  try {
    const db = new DatabaseSync(files.store, { readOnly: true })

    try {
      const rows = db.prepare(`PRAGMA quick_check(${NAMED})`).all().map(row => String(Object.values(row)[0]))

      return rows.length === 1 && rows[0] === 'ok'
        ? [{ level: 'ok', found: `${files.store} was read through and is whole` }]
        : [{ level: 'error', found: `${files.store} is damaged: ${rows.join('; ')}`, mend: 'restore it from a backup: see docs/operations.md' }]
    } finally {
      db.close()
    }
  } finally {
    lock.release()
  }
}

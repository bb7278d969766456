import { translateError } from './errors.ts'
import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs functions in a transaction: the outermost in BEGIN IMMEDIATE … COMMIT, inner
 * ones in a savepoint, so that one that throws takes back its own work only.
 * `onRollback` is told each time work was taken back.
 */
export function createTransaction (db: DatabaseSync, path: string, onRollback: () => void = () => {}): <T>(fn: () => T) => T {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const savepoint = db.prepare('SAVEPOINT operation')
  const release = db.prepare('RELEASE operation')
  const undo = db.prepare('ROLLBACK TO operation')

  function inner<T> (fn: () => T): T {
    savepoint.run()

    try {
      const value = fn()
      release.run()

      return value
    } catch (error) {
      // a full disk makes SQLite roll the whole transaction back by itself
      if (db.isTransaction) {
        undo.run()
        release.run()
      }

      onRollback()
      throw error
    }
  }

  function outer<T> (fn: () => T): T {
    begin.run()

    try {
      const value = fn()
      commit.run()

      return value
    } catch (error) {
      if (db.isTransaction) {
        rollback.run()
      }

      onRollback()
      throw error
    }
  }

  return (fn) => {
    try {
      return db.isTransaction ? inner(fn) : outer(fn)
    } catch (error) {
      throw translateError(error, path)
    }
  }
}

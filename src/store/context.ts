import { StoreError, translateError } from './errors.ts'
import { createJournal } from './journal-state.ts'
import type { Journal } from './journal-state.ts'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/**
 * What transitions and reads work with: one connection with its statements kept
 * prepared, and the one sequence that numbers everything in order of arrival.
 */
export interface Context {
  /**
   * Returns how many rows changed
   *
   * @throws {StoreError} STORE_MISUSE for a number that is not a whole one: SQLite would
   * keep what can never be read back as a number, and that row would fail every list
   */
  run(sql: string, ...params: SQLInputValue[]): number
  get<T>(sql: string, ...params: SQLInputValue[]): T | undefined
  all<T>(sql: string, ...params: SQLInputValue[]): T[]
  /** Row by row, for as long as the caller wants more */
  each<T>(sql: string, ...params: SQLInputValue[]): Iterable<T>
  /**
   * Tasks, results and outbox rows share one rising sequence: it never repeats a
   * number, also not after a purge and a restart. Rolled back work leaves gaps.
   */
  nextSeq(): number
  /** For `note` and the two who hear it */
  readonly journal: Journal
}

export function createContext (db: DatabaseSync, path: string): Context {
  const statements = new Map<string, StatementSync>()
  let last: number | undefined

  function prepare (sql: string): StatementSync {
    let statement = statements.get(sql)

    if (statement == null) {
      statement = db.prepare(sql)
      statements.set(sql, statement)
    }

    return statement
  }

  function guard<T> (fn: () => T): T {
    try {
      return fn()
    } catch (error) {
      throw translateError(error, path)
    }
  }

  const context: Context = {
    journal: createJournal(),
    run: (sql, ...params) => {
      const odd = params.find(value => typeof value === 'number' && !Number.isSafeInteger(value))

      if (odd != null) {
        throw new StoreError('STORE_MISUSE', `${String(odd)} is not a whole number`)
      }

      return guard(() => Number(prepare(sql).run(...params).changes))
    },
    get: (sql, ...params) => guard(() => prepare(sql).get(...params) as any),
    * each (sql, ...params) {
      try {
        yield * prepare(sql).iterate(...params) as any
      } catch (error) {
        throw translateError(error, path)
      }
    },
    all: (sql, ...params) => guard(() => prepare(sql).all(...params) as any),
    nextSeq: () => {
      // AUTOINCREMENT keeps the highest number of each table for good
      last ??= context.get<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name IN (\'tasks\', \'results\', \'outbox\')')?.seq ?? 0
      last++

      return last
    }
  }

  return context
}

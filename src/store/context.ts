import { translateError } from './errors.ts'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/**
 * What transitions and reads work with: one connection with its statements kept
 * prepared, and the one sequence that numbers everything in order of arrival.
 */
export interface Context {
  /** Returns how many rows changed */
  run(sql: string, ...params: SQLInputValue[]): number
  get<T>(sql: string, ...params: SQLInputValue[]): T | undefined
  all<T>(sql: string, ...params: SQLInputValue[]): T[]
  /**
   * Tasks, results and outbox rows share one rising sequence: it never repeats a
   * number, also not after a purge and a restart. Rolled back work leaves gaps.
   */
  nextSeq(): number
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
    run: (sql, ...params) => guard(() => Number(prepare(sql).run(...params).changes)),
    get: (sql, ...params) => guard(() => prepare(sql).get(...params) as any),
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

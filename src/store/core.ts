import { createContext } from './context.ts'
import { forgetRolledBack, takeNews } from './journal.ts'
import { closeMarked } from './last-run.ts'
import { createMaintenance } from './maintenance.ts'
import { READS, TRANSITIONS } from './operations.ts'
import * as reads from './reads/index.ts'
import { openDatabase } from './schema.ts'
import { createTransaction } from './transaction.ts'
import * as transitions from './transitions/index.ts'
import type { Context } from './context.ts'
import type { Reads, StoreCore, Transitions } from './index.ts'
import type { OpenDatabaseInit } from './schema.ts'

/** Each operation as a function of the context: the compiler sees that none is missing */
type Over<T> = {
  [K in keyof T]: T[K] extends (input: infer I) => infer R ? (ctx: Context, input: I) => R : never
}

const allTransitions: Over<Transitions> = transitions
const allReads: Over<Reads> = reads

/**
 * Opens the store in this thread. Each transition is atomic by itself; within
 * `transaction` it is a savepoint of its own.
 *
 * @throws {StoreError} STORE_NEWER, STORE_FOREIGN, STORE_CORRUPT, STORE_LOCKED, STORE_UNOPENABLE
 */
export function openCore (init: OpenDatabaseInit): StoreCore {
  const db = openDatabase(init)
  const ctx = createContext(db, init.path)
  const transaction = createTransaction(db, init.path, () => { forgetRolledBack(ctx.journal) })
  const core: Record<string, unknown> = {
    incarnation: Number(reads.getMeta(ctx, { key: 'incarnation' })),
    transaction,
    takeNews: () => takeNews(ctx.journal),
    maintenance: createMaintenance(db, init.path),
    close: () => { closeMarked(init.path, () => { db.close() }) }
  }

  for (const name of TRANSITIONS) {
    const transition = allTransitions[name] as (ctx: Context, input: unknown) => unknown

    core[name] = (input: unknown) => transaction(() => transition(ctx, input))
  }

  for (const name of READS) {
    const read = allReads[name] as (ctx: Context, input: unknown) => unknown

    core[name] = (input: unknown) => read(ctx, input)
  }

  return core as unknown as StoreCore
}

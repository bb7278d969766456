import type { DatabaseSync } from 'node:sqlite'

export const version = 8

/**
 * A task that is offered again to a restored site gets another envelope. The next restore
 * may take that site back to where it knew the one before: its answers name that one.
 */
const SQL = `
  ALTER TABLE outbox ADD COLUMN earlier BLOB;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

import type { DatabaseSync } from 'node:sqlite'

export const version = 5

/**
 * Tickets whose use an operator must agree to. `approval`: null when nobody has to be
 * asked; `asked`: the signing key of whoever presented the ticket first.
 */
const SQL = `
  ALTER TABLE invites ADD COLUMN approval TEXT;
  ALTER TABLE invites ADD COLUMN asked BLOB;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

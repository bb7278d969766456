import type { DatabaseSync } from 'node:sqlite'

export const version = 7

/**
 * An envelope that its sender sealed anew has another hash. Both forms may be kept while
 * chunks of the newer one are missing: what was said yes to stays until then.
 */
const SQL = `
  DROP INDEX mail_envelope;
  CREATE UNIQUE INDEX mail_form ON mail (sender, envelope_id, hash);
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

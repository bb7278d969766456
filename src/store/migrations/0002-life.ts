import type { DatabaseSync } from 'node:sqlite'

export const version = 2

/**
 * Cancelled tasks leave every list and stay as a mark until they expire. Attempts are
 * rows only for tasks that were leased or failed under a retry strategy: whoever uses
 * neither pays for an empty table.
 */
const SQL = `
  -- cancelled: when its creator took it back, by this site's clock
  ALTER TABLE tasks ADD COLUMN cancelled INTEGER;
  DROP INDEX tasks_sender;
  -- cancelled is null in each entry: there only so that lists read the index alone
  CREATE INDEX tasks_sender ON tasks (sender, seq, local_expires, cancelled) WHERE expired = 0 AND cancelled IS NULL;

  -- cancel: 1 for the word that a task was cancelled, else 0
  ALTER TABLE outbox ADD COLUMN cancel INTEGER NOT NULL DEFAULT 0;

  -- token: of the newest lease, null when none was taken; state: leased, answered, ended or free;
  -- next: when the lease or the backoff ends, null when nothing is to end; late: answers that came with an old token
  CREATE TABLE attempts (
    task INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    token INTEGER,
    state TEXT NOT NULL,
    next INTEGER,
    tries INTEGER NOT NULL,
    late INTEGER NOT NULL,
    late_at INTEGER,
    PRIMARY KEY (task, recipient)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempts_next ON attempts (next) WHERE next IS NOT NULL;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

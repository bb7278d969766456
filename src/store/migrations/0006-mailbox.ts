import type { DatabaseSync } from 'node:sqlite'

export const version = 6

/**
 * Sealed mail that this site keeps for others, and at whom this site left its own.
 *
 * `whole`: 0 while chunks are still missing. `until`: when the row goes; a mail that is
 * not whole goes long before `keep_until`. `mail_use`: running sums by sender (`from:`), recipient (`to:`), both
 * (`pair:`) and of all (`all`), so that a quota costs the same however much is kept.
 */
const SQL = `
  CREATE TABLE mail (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    envelope_id BLOB NOT NULL,
    hash BLOB NOT NULL,
    head BLOB NOT NULL,
    size INTEGER NOT NULL,
    inline BLOB,
    blob INTEGER REFERENCES blobs (id),
    chunks INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    until INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX mail_envelope ON mail (sender, envelope_id);
  CREATE INDEX mail_recipient ON mail (recipient, place) WHERE whole = 1;
  CREATE INDEX mail_to ON mail (recipient);
  CREATE INDEX mail_until ON mail (until);

  CREATE TABLE mail_use (
    name TEXT PRIMARY KEY,
    envelopes INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- until: when the envelope expires; whoever settled before is found by the outbox alone
  CREATE TABLE mail_left (
    envelope_id BLOB NOT NULL,
    keeper TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (envelope_id, keeper)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mail_left_until ON mail_left (until);
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

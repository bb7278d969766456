import type { DatabaseSync } from 'node:sqlite'

export const version = 3

/**
 * Events are numbered for each app without a gap. `event_apps` keeps what was purged,
 * so that no number comes twice; open: the app asked once and is still there.
 *
 * The audit log is written at its end only and purged from its beginning.
 */
const SQL = `
  CREATE TABLE event_apps (
    app TEXT PRIMARY KEY,
    open INTEGER NOT NULL,
    purged INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    app TEXT NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    creator TEXT NOT NULL,
    task TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    status TEXT,
    reason TEXT,
    PRIMARY KEY (app, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    n INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    hash BLOB NOT NULL,
    evidence BLOB
  ) STRICT;

  CREATE TABLE audit_checkpoints (
    n INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    key BLOB NOT NULL,
    signature BLOB NOT NULL
  ) STRICT;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

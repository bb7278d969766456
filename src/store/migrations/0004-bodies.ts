import type { DatabaseSync } from 'node:sqlite'

export const version = 4

/**
 * Bodies that apps bring before the task or result that they belong to. `blob` is null
 * once one took it over; `length` is what the app announced, `digest` what it said the
 * whole hashes to, `sha256` what it does: null until it is whole.
 */
const SQL = `
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    app TEXT NOT NULL,
    blob INTEGER REFERENCES blobs (id),
    length INTEGER,
    digest BLOB,
    sha256 BLOB,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_app ON uploads (app) WHERE blob IS NOT NULL;
  CREATE INDEX uploads_expires ON uploads (expires);
  CREATE UNIQUE INDEX uploads_blob ON uploads (blob) WHERE blob IS NOT NULL;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

import type { DatabaseSync } from 'node:sqlite'

export const version = 1

/**
 * Partial indexes keep what is polled apart from what is only kept: a list of work
 * or an outbox costs as much with one stored task as with a million.
 */
const SQL = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  INSERT INTO meta (key, value) VALUES ('incarnation', '1');

  -- pieces of large bodies; free_at: when nothing needs it any more, null while something does
  CREATE TABLE blobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    size INTEGER NOT NULL,
    free_at INTEGER
  ) STRICT;
  CREATE INDEX blobs_free ON blobs (free_at) WHERE free_at IS NOT NULL;

  CREATE TABLE blob_parts (
    blob INTEGER NOT NULL REFERENCES blobs (id),
    offset INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX blob_parts_key ON blob_parts (blob, offset);

  -- arrived: this site's clock; own: created here; expired: the expiry was carried out
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    creator TEXT NOT NULL,
    id TEXT NOT NULL,
    own INTEGER NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    ttl TEXT NOT NULL,
    failure_strategy TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    local_expires INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    envelope_hash BLOB,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    blob INTEGER REFERENCES blobs (id),
    blob_offset INTEGER,
    metadata TEXT NOT NULL,
    inline BLOB
  ) STRICT;
  CREATE UNIQUE INDEX tasks_key ON tasks (id, creator);
  CREATE INDEX tasks_sender ON tasks (sender, seq, local_expires) WHERE expired = 0;
  CREATE INDEX tasks_expiry ON tasks (local_expires) WHERE expired = 0;
  CREATE INDEX tasks_purge ON tasks (local_expires) WHERE expired = 1;
  CREATE INDEX tasks_blob ON tasks (blob) WHERE blob IS NOT NULL;

  -- listed: an app of this site (or the site itself) of an unexpired task; todo: and it has still to answer
  CREATE TABLE recipients (
    task INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    position INTEGER NOT NULL,
    local INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    todo INTEGER NOT NULL,
    local_expires INTEGER NOT NULL,
    PRIMARY KEY (task, recipient)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX recipients_listed ON recipients (recipient, task, local_expires) WHERE listed = 1;
  CREATE INDEX recipients_todo ON recipients (recipient, task, local_expires) WHERE todo = 1;

  CREATE TABLE results (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    status TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    blob INTEGER REFERENCES blobs (id),
    blob_offset INTEGER,
    metadata TEXT NOT NULL,
    inline BLOB
  ) STRICT;
  CREATE UNIQUE INDEX results_key ON results (task, sender);
  CREATE INDEX results_blob ON results (blob) WHERE blob IS NOT NULL;

  -- running sums of unexpired tasks
  CREATE TABLE usage (
    creator TEXT NOT NULL,
    sender TEXT NOT NULL,
    tasks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (creator, sender)
  ) STRICT, WITHOUT ROWID;

  -- app: null for a task, the answering app for a result; expires: in the label; local_expires: when we give up
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope_id BLOB NOT NULL,
    site TEXT NOT NULL,
    task INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    app TEXT,
    state TEXT NOT NULL,
    seed BLOB,
    expires INTEGER NOT NULL,
    local_expires INTEGER NOT NULL,
    size INTEGER NOT NULL,
    since INTEGER NOT NULL,
    delivered INTEGER,
    hash BLOB,
    reason TEXT
  ) STRICT;
  CREATE UNIQUE INDEX outbox_envelope ON outbox (envelope_id);
  CREATE INDEX outbox_queue ON outbox (site, seq, local_expires, size) WHERE state = 'queued';
  CREATE INDEX outbox_parked ON outbox (site, local_expires) WHERE state = 'parked';
  CREATE INDEX outbox_task ON outbox (task, app);

  -- envelope ids are chosen by their senders: they are told apart by sender
  CREATE TABLE received (
    envelope_id BLOB NOT NULL,
    site TEXT NOT NULL,
    hash BLOB NOT NULL,
    outcome INTEGER NOT NULL,
    reason TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (envelope_id, site)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX received_until ON received (until);
  CREATE INDEX received_refused ON received (site, until) WHERE outcome = 1;

  CREATE TABLE inbound (
    envelope_id BLOB PRIMARY KEY,
    site TEXT NOT NULL,
    hash BLOB NOT NULL,
    blob INTEGER NOT NULL REFERENCES blobs (id),
    chunks INTEGER NOT NULL,
    touched INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inbound_touched ON inbound (touched);
  CREATE INDEX inbound_site ON inbound (site, touched);
  CREATE UNIQUE INDEX inbound_blob ON inbound (blob);

  CREATE TABLE roster (
    seq INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    entry BLOB NOT NULL
  ) STRICT;

  CREATE TABLE records (
    site TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    record BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE invites (
    id BLOB PRIMARY KEY,
    secret BLOB NOT NULL,
    site TEXT NOT NULL,
    organization TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    state TEXT NOT NULL,
    used_by BLOB
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE apps (
    name TEXT PRIMARY KEY,
    scheme TEXT NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    created INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE workers (
    app TEXT PRIMARY KEY,
    capabilities TEXT NOT NULL,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE addresses (
    site TEXT NOT NULL,
    address TEXT NOT NULL,
    last_good INTEGER NOT NULL,
    PRIMARY KEY (site, address)
  ) STRICT, WITHOUT ROWID;
`

export function up (db: DatabaseSync): void {
  db.exec(SQL)
}

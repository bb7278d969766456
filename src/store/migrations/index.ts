/**
 * The steps from an empty file to the newest layout, in order. A step that was
 * released is never edited: a change of layout is a new file here.
 */
import * as first from './0001-first.ts'
import * as life from './0002-life.ts'
import * as journal from './0003-journal.ts'
import * as bodies from './0004-bodies.ts'
import * as membership from './0005-membership.ts'
import * as mailbox from './0006-mailbox.ts'
import * as mailForms from './0007-mail-forms.ts'
import * as reoffered from './0008-reoffered.ts'
import type { DatabaseSync } from 'node:sqlite'

export interface Migration {
  /** Value of PRAGMA user_version afterwards */
  version: number
  /** Runs inside a transaction */
  up(db: DatabaseSync): void
}

export const MIGRATIONS: Migration[] = [first, life, journal, bodies, membership, mailbox, mailForms, reoffered]

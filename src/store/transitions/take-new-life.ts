import { note } from '../journal.ts'
import type { Context } from '../context.ts'

/** Meta key: the authority's key of a restored site signs nothing until another member showed its head */
export const COMPARE_KEY = 'compare-roster'

/** Meta key: when this store was restored, Unix ms */
export const RESTORED_KEY = 'restored'

/**
 * Numbers that an earlier life may have given after the backup are left out: more than
 * any site gives between two backups
 */
export const LEAP = 1_000_000_000

/**
 * A life numbers from its incarnation in units of 1/100 ms, so that two restores from
 * one backup do not give the same tokens of leases: a site would have to give 100 a
 * millisecond for the first to reach the second
 */
const PER_MS = 100

/** Numbers stay exact, and have 15 digits; a clock beyond the year 2200 is wrong, and then only the leap counts */
const LARGEST = 800_000_000_000_000

export interface TakeNewLife {
  /** Unix ms */
  now: number
  /** The roster must be compared with another member's before this site appends to it */
  compareRoster: boolean
}

/**
 * A store that was restored from a backup begins a new life. No precondition; returns
 * its incarnation.
 *
 * The incarnation is the wall clock, and in any case higher than the backup's own and
 * than every instant that the backup has seen: also a life that was itself restored from
 * the same backup took the time of its restore, which is earlier. Numbers, tokens
 * of leases among them, go on far above those that were given after the backup, by any
 * life that it was restored to. Open tickets are cancelled: which of them were
 * used meanwhile is forgotten.
 */
export function takeNewLife (ctx: Context, { now, compareRoster }: TakeNewLife): number {
  const meta = (key: string): number => Number(ctx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value ?? 0)
  const set = (key: string, value: number): void => { ctx.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, String(value)) }
  const incarnation = Math.max(Math.round(now), meta('clock') + 1, meta('incarnation') + 1)
  const last = ctx.get<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name IN (\'tasks\', \'results\', \'outbox\')')?.seq ?? 0

  set('incarnation', incarnation)
  set(RESTORED_KEY, Math.round(now))
  ctx.run('DELETE FROM sqlite_sequence WHERE name = \'outbox\'')
  ctx.run('INSERT INTO sqlite_sequence (name, seq) VALUES (\'outbox\', ?)', beyond(last, incarnation))
  ctx.run('UPDATE invites SET state = \'cancelled\' WHERE state = \'open\'')

  if (compareRoster) {
    set(COMPARE_KEY, 1)
  }

  note(ctx, { kind: 'restored', incarnation, at: Math.round(now) })

  return incarnation
}

function beyond (last: number, incarnation: number): number {
  const own = Math.floor(incarnation * PER_MS)

  return own < LARGEST ? Math.max(last + LEAP, own) : last + LEAP
}

import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/** Outcomes as receipts carry them */
export const STORED = 0
export const REFUSED = 1

/** Numbers that a peer chose: whole ones that survive the way to the disk and back */
export function areWhole (...numbers: number[]): boolean {
  return numbers.every(number => Number.isSafeInteger(number) && number >= 0)
}

export interface Answered {
  hash: Uint8Array
  outcome: number
  reason: string
}

/** What was answered to this envelope of this site before */
export function findAnswered (ctx: Context, envelopeId: Uint8Array, site: SiteId): Answered | undefined {
  return ctx.get('SELECT hash, outcome, reason FROM received WHERE envelope_id = ? AND site = ?', envelopeId, site)
}

export interface Remember extends Answered {
  envelopeId: Uint8Array
  site: SiteId
  until: number
}

/**
 * Refusals of one site that are remembered; of more, those that end first are
 * forgotten, and a repeat of theirs is checked once more
 *
 * @default 1_000
 */
export const MAX_REFUSALS = 1_000

export const OLDEST_REFUSALS_SQL = 'SELECT envelope_id, site FROM received WHERE site = ? AND outcome = 1 ORDER BY until DESC LIMIT -1 OFFSET ?'

/** The first answer stays: repeats are answered alike */
export function remember (ctx: Context, { envelopeId, site, hash, outcome, reason, until }: Remember): void {
  if (outcome === REFUSED) {
    ctx.run(`DELETE FROM received WHERE (envelope_id, site) IN (${OLDEST_REFUSALS_SQL})`, site, MAX_REFUSALS - 1)
  }

  ctx.run('INSERT OR IGNORE INTO received (envelope_id, site, hash, outcome, reason, until) VALUES (?, ?, ?, ?, ?, ?)',
    envelopeId, site, hash, outcome, reason, until)
}

import type { Context } from '../context.ts'
import type { ReofferDeliveries } from '../index.ts'

/**
 * Envelopes that a site confirmed in an earlier life are queued for it again.
 *
 * Precondition, for each: it is confirmed by that site and unexpired. It gets a new id
 * and a new seed, since the old seed is erased; the hash goes until the site says which
 * envelope it holds, so that answers to either count. Returns how many are queued again.
 */
export function reofferDeliveries (ctx: Context, { site, rows, now }: ReofferDeliveries): number {
  let count = 0

  for (const { seq, envelopeId, seed } of rows) {
    count += ctx.run(`UPDATE outbox SET state = 'queued', envelope_id = ?, seed = ?, since = ?, delivered = NULL, hash = NULL, reason = NULL
      WHERE seq = ? AND site = ? AND state = 'delivered' AND local_expires > ?`, envelopeId, seed, now, seq, site, now)
  }

  return count
}

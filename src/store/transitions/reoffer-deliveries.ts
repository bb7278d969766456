import type { Context } from '../context.ts'
import type { ReofferDeliveries } from '../index.ts'

/** Of envelopes of one task that a site confirmed in earlier lives, the newest are remembered. @default 16 */
const MAX_EARLIER = 16

/** Of a SHA-256, bytes */
const HASH = 32

/**
 * Envelopes that a site confirmed in an earlier life are queued for it again.
 *
 * Precondition, for each: it is confirmed by that site and unexpired. It gets a new id
 * and a new seed, since the old seed is erased; the hash goes until the site says which
 * envelope it holds, so that answers to either count. It stays among the earlier ones: a
 * later restore may take the site back to it. Returns how many are queued again.
 */
export function reofferDeliveries (ctx: Context, { site, rows, now }: ReofferDeliveries): number {
  let count = 0

  for (const { seq, envelopeId, seed } of rows) {
    count += ctx.run(`UPDATE outbox SET state = 'queued', envelope_id = ?, seed = ?, since = ?, delivered = NULL, reason = NULL,
      earlier = substr(CAST(coalesce(earlier, x'') || coalesce(hash, x'') AS BLOB), -${MAX_EARLIER * HASH}), hash = NULL
      WHERE seq = ? AND site = ? AND state = 'delivered' AND local_expires > ?`, envelopeId, seed, now, seq, site, now)
  }

  return count
}

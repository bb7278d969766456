import type { Context } from '../context.ts'
import type { ParkDeliveries } from '../index.ts'

/**
 * What is queued for a site waits with a reason, as for a revoked site. No
 * precondition; returns how many were queued.
 */
export function parkDeliveries (ctx: Context, { site, reason, now }: ParkDeliveries): number {
  return ctx.run('UPDATE outbox SET state = \'parked\', reason = ?, since = ? WHERE site = ? AND state = \'queued\'', reason, now, site)
}

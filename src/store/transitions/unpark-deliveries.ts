import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/**
 * What was parked for a site is queued again: it is a member again. Precondition, for
 * each envelope: it is unexpired. Returns how many are queued again.
 */
export function unparkDeliveries (ctx: Context, { site, now }: { site: SiteId, now: number }): number {
  return ctx.run('UPDATE outbox SET state = \'queued\', reason = NULL, since = ?1 WHERE site = ?2 AND state = \'parked\' AND local_expires > ?1', now, site)
}

import type { Context } from '../context.ts'
import type { AddressRow } from '../index.ts'

/** Addresses kept for each site: the newest that worked. @default 16 */
export const MAX_ADDRESSES = 16

/** Remembers where a site was reached. No precondition; the oldest addresses give way. */
export function putAddress (ctx: Context, { site, address, lastGood }: AddressRow): void {
  ctx.run(`INSERT INTO addresses (site, address, last_good) VALUES (?, ?, ?)
    ON CONFLICT (site, address) DO UPDATE SET last_good = max(last_good, excluded.last_good)`, site, address, lastGood)
  ctx.run(`DELETE FROM addresses WHERE site = ?1 AND address NOT IN
    (SELECT address FROM addresses WHERE site = ?1 ORDER BY last_good DESC LIMIT ${MAX_ADDRESSES})`, site)
}

import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { StoreGauges } from '../index.ts'

interface Sum { count: number, bytes: number }

export const QUEUED_SQL = 'SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM outbox INDEXED BY outbox_queue WHERE state = \'queued\' AND local_expires > ?'
const PARKED_SQL = 'SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM outbox INDEXED BY outbox_parked WHERE state = \'parked\' AND local_expires > ?'
const OPEN_SQL = 'SELECT coalesce(sum(tasks), 0) AS count, coalesce(sum(bytes), 0) AS bytes FROM usage WHERE (creator = ?1) = ?2'
const OLDEST_SQL = `SELECT since FROM outbox WHERE seq = (SELECT min(seq) FROM outbox INDEXED BY outbox_queue
  WHERE state = 'queued' AND local_expires > ?)`

/** What is here now, in sums: from indexes and running sums, no row is read */
export function gauges (ctx: Context, { self, now }: { self: SiteId, now: number }): StoreGauges {
  const sum = (sql: string, ...params: Array<string | number>): Sum => {
    const { count, bytes } = ctx.get<Sum>(sql, ...params) as Sum

    return { count, bytes }
  }
  const oldest = ctx.get<{ since: number }>(OLDEST_SQL, now)?.since

  return {
    own: sum(OPEN_SQL, self, 1),
    received: sum(OPEN_SQL, self, 0),
    queued: sum(QUEUED_SQL, now),
    parked: sum(PARKED_SQL, now),
    ...(oldest == null ? {} : { oldest })
  }
}

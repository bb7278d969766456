import type { Context } from '../context.ts'
import type { AddressRow, AppRow, StoreCounts, WorkerRow } from '../index.ts'

export function listApps (ctx: Context): AppRow[] {
  return ctx.all<AppRow>('SELECT name, scheme, salt, hash, created FROM apps ORDER BY name').map(row => ({ ...row }))
}

export function listWorkers (ctx: Context, { now }: { now: number }): WorkerRow[] {
  return ctx.all<{ app: string, capabilities: string, until: number }>('SELECT app, capabilities, until FROM workers WHERE until > ? ORDER BY app', now)
    .map(row => ({ ...row, capabilities: JSON.parse(row.capabilities) }))
}

export function listAddresses (ctx: Context): AddressRow[] {
  return ctx.all<AddressRow>('SELECT site, address, last_good AS lastGood FROM addresses ORDER BY site, last_good DESC').map(row => ({ ...row }))
}

export function getMeta (ctx: Context, { key }: { key: string }): string | undefined {
  return ctx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value
}

export function counts (ctx: Context, { now }: { now: number }): StoreCounts {
  const one = (sql: string, ...params: number[]): number => ctx.get<{ n: number }>(sql, ...params)?.n ?? 0

  return {
    tasks: one('SELECT count(*) AS n FROM tasks WHERE expired = 0 AND local_expires > ?', now),
    results: one('SELECT count(*) AS n FROM results'),
    queued: one('SELECT count(*) AS n FROM outbox WHERE state = \'queued\' AND local_expires > ?', now),
    bytes: one('SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()')
  }
}

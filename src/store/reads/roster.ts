import type { Context } from '../context.ts'
import type { RecordRow, RosterRow } from '../index.ts'

export function listRoster (ctx: Context, { from, limit }: { from: number, limit: number }): RosterRow[] {
  return ctx.all<RosterRow>('SELECT seq, hash, entry FROM roster WHERE seq >= ? ORDER BY seq LIMIT ?', from, limit).map(row => ({ ...row }))
}

export function rosterHead (ctx: Context): { seq: number, hash: Uint8Array } | undefined {
  const row = ctx.get<{ seq: number, hash: Uint8Array }>('SELECT seq, hash FROM roster ORDER BY seq DESC LIMIT 1')

  return row == null ? undefined : { ...row }
}

export function listRecords (ctx: Context): RecordRow[] {
  return ctx.all<RecordRow>('SELECT site, sequence, record FROM records ORDER BY site').map(row => ({ ...row }))
}

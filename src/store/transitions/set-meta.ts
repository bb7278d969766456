import type { Context } from '../context.ts'

/** A value by name. No precondition. */
export function setMeta (ctx: Context, { key, value }: { key: string, value: string }): void {
  ctx.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value)
}

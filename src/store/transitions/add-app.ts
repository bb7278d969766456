import type { Context } from '../context.ts'
import type { AppRow } from '../index.ts'

/** Precondition: the name is free, else false. */
export function addApp (ctx: Context, { name, scheme, salt, hash, created }: AppRow): boolean {
  return ctx.run('INSERT OR IGNORE INTO apps (name, scheme, salt, hash, created) VALUES (?, ?, ?, ?, ?)', name, scheme, salt, hash, created) > 0
}

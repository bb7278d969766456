import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { AppRow } from '../index.ts'

/** Precondition: the app exists, else false. It keeps the time of its creation. */
export function replaceAppKey (ctx: Context, { name, scheme, salt, hash }: AppRow): boolean {
  const replaced = ctx.run('UPDATE apps SET scheme = ?, salt = ?, hash = ? WHERE name = ?', scheme, salt, hash, name) > 0

  if (replaced) {
    note(ctx, { kind: 'app-key-rotated', name })
  }

  return replaced
}

import { note } from '../journal.ts'
import type { Context } from '../context.ts'
import type { AppRow } from '../index.ts'

/** Precondition: the name is free, else false. */
export function addApp (ctx: Context, { name, scheme, salt, hash, created }: AppRow): boolean {
  const added = ctx.run('INSERT OR IGNORE INTO apps (name, scheme, salt, hash, created) VALUES (?, ?, ?, ?, ?)', name, scheme, salt, hash, created) > 0

  if (added) {
    note(ctx, { kind: 'app-added', name, at: created })
  }

  return added
}

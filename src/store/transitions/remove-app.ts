import { note } from '../journal.ts'
import { closeEvents } from '../rows/events.ts'
import type { Context } from '../context.ts'

/** Precondition: the app exists, else false. Its tasks and results stay until they expire, its events go. */
export function removeApp (ctx: Context, { name }: { name: string }): boolean {
  const removed = ctx.run('DELETE FROM apps WHERE name = ?', name) > 0

  if (removed) {
    closeEvents(ctx, name)
    note(ctx, { kind: 'app-removed', name })
  }

  return removed
}

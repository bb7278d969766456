import type { Context } from '../context.ts'

/** Precondition: the app exists, else false. Its tasks and results stay until they expire. */
export function removeApp (ctx: Context, { name }: { name: string }): boolean {
  return ctx.run('DELETE FROM apps WHERE name = ?', name) > 0
}

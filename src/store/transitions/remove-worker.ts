import type { AppId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/** Precondition: the app announced itself, else false. */
export function removeWorker (ctx: Context, { app }: { app: AppId }): boolean {
  return ctx.run('DELETE FROM workers WHERE app = ?', app) > 0
}

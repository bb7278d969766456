import { deleteMail } from '../rows/mail.ts'
import type { Context } from '../context.ts'

/** Forgets mail that was kept long enough, and where own mail that expired was left; true when there is more */
export function mailPurge (ctx: Context, { now, limit }: { now: number, limit: number }): boolean {
  const mail = deleteMail(ctx, 'SELECT place FROM mail WHERE until <= ? LIMIT ?', now, limit)
  const left = ctx.run('DELETE FROM mail_left WHERE (envelope_id, keeper) IN (SELECT envelope_id, keeper FROM mail_left WHERE until <= ? LIMIT ?)', now, limit)

  return mail === limit || left === limit
}

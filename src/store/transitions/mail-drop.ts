import { deleteMail } from '../rows/mail.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/** A site was revoked: what it left, and what was left for it, goes. At most `limit` in one step; returns how many */
export function mailDrop (ctx: Context, { site, limit }: { site: SiteId, limit: number }): number {
  const from = deleteMail(ctx, 'SELECT place FROM mail WHERE sender = ? LIMIT ?', site, limit)

  return from === limit ? from : from + deleteMail(ctx, 'SELECT place FROM mail WHERE recipient = ? LIMIT ?', site, limit - from)
}

import { mailUse } from '../rows/mail.ts'
import { ITEM_COLUMNS, toItem } from '../rows/outbox.ts'
import { readBlob } from './blobs.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { ListMail, ListUnmailed, MailItem, MailUse, ReadMail, UnmailedItem } from '../index.ts'
import type { OutboxRow } from '../rows/outbox.ts'

/** The index is named: that of unfinished ones as well would read their rows */
export const MAIL_SQL = 'SELECT place, head FROM mail INDEXED BY mail_recipient WHERE recipient = ? AND whole = 1 AND place > ? AND until > ? ORDER BY place LIMIT ?'

/** What is kept for a site, in order of arrival: heads only */
export function listMail (ctx: Context, { recipient, after, limit, now }: ListMail): MailItem[] {
  return ctx.all<MailItem>(MAIL_SQL, recipient, after, now, limit).map(({ place, head }) => ({ place, head }))
}

/** Bytes of a ciphertext; undefined when there is no such mail for this recipient (any more) */
export function readMail (ctx: Context, { recipient, place, offset, length }: ReadMail): Uint8Array | undefined {
  const row = ctx.get<{ inline: Uint8Array | null, blob: number | null }>('SELECT inline, blob FROM mail WHERE place = ? AND recipient = ? AND whole = 1', place, recipient)

  if (row?.blob != null) {
    return readBlob(ctx, { blob: row.blob, offset, length })
  }

  return row?.inline?.slice(offset, offset + length)
}

/** Of all that is kept, or for one recipient */
export function usedMail (ctx: Context, { recipient }: { recipient?: SiteId }): MailUse {
  return mailUse(ctx, recipient == null ? 'all' : `to:${recipient}`)
}

export const UNMAILED_SQL = `SELECT ${ITEM_COLUMNS} FROM outbox o INDEXED BY outbox_queue JOIN tasks t ON t.seq = o.task
  WHERE o.site = ?1 AND o.state = 'queued' AND o.seq > ?2 AND o.local_expires > ?3
  AND (SELECT count(*) FROM mail_left l WHERE l.envelope_id = o.envelope_id AND l.at >= ?4 AND l.until > ?3 AND (?7 IS NULL OR instr(?7, ' ' || l.keeper || ' '))) < ?5 ORDER BY o.seq LIMIT ?6`

/** What waits for a site and is not at enough keepers */
export function listUnmailed (ctx: Context, { site, after, limit, now, copies, since, keepers }: ListUnmailed): UnmailedItem[] {
  return ctx.all<OutboxRow>(UNMAILED_SQL, site, after, now, since, copies, limit, keepers == null ? null : ` ${keepers.join(' ')} `).map(row => ({
    item: toItem(row),
    keepers: ctx.all<{ keeper: SiteId }>('SELECT keeper FROM mail_left WHERE envelope_id = ? AND at >= ? AND until > ?', row.envelope_id, since, now)
      .map(({ keeper }) => keeper)
      .filter(keeper => keepers?.includes(keeper) !== false)
  }))
}

import { addToBlob } from '../rows/blob.ts'
import { deleteMail } from '../rows/mail.ts'
import { UNFINISHED_MAIL_KEPT } from './mail-begin.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { AppendMail, AppendMailOutcome } from '../index.ts'

interface Row {
  sender: SiteId
  recipient: SiteId
  envelope_id: Uint8Array
  blob: number
  bytes: number
  keep_until: number
}

/**
 * The next chunk of a mail; with the last one it is whole, and earlier forms of the same
 * envelope go.
 *
 * Preconditions: it was begun, is not whole and `chunk` is the next one, else `gone` and
 * nothing is changed.
 */
export function mailAppend (ctx: Context, { place, chunk, data, last, now }: AppendMail): AppendMailOutcome {
  const row = ctx.get<Row>(`SELECT m.sender, m.recipient, m.envelope_id, m.blob, b.size AS bytes, m.keep_until FROM mail m JOIN blobs b ON b.id = m.blob
    WHERE m.place = ? AND m.chunks = ? AND m.whole = 0`, place, chunk)

  if (row == null) {
    return { kind: 'gone' }
  }

  addToBlob(ctx, row.blob, row.bytes, data)
  const until = last ? row.keep_until : Math.min(now + UNFINISHED_MAIL_KEPT, row.keep_until)
  ctx.run('UPDATE mail SET chunks = chunks + 1, whole = ?, until = ? WHERE place = ?', last ? 1 : 0, until, place)

  if (last) {
    deleteMail(ctx, 'SELECT place FROM mail WHERE sender = ? AND envelope_id = ? AND recipient = ? AND place <> ?', row.sender, row.envelope_id, row.recipient, place)
  }

  return last ? { kind: 'stored', until } : { kind: 'more' }
}

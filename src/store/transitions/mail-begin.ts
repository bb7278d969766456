import { INLINE_BODY } from '../index.ts'
import { addToBlob, newBlob } from '../rows/blob.ts'
import { countMail, deleteMail, mailFull } from '../rows/mail.ts'
import type { Context } from '../context.ts'
import type { BeginMail, BeginMailOutcome } from '../index.ts'

/** A mail of which nothing came for so long is dropped, with its share of the quota, ms. @default 3_600_000 (1 h) */
export const UNFINISHED_MAIL_KEPT = 3_600_000

interface Form {
  place: number
  hash: Uint8Array
  chunks: number
  whole: number
  until: number
  /** Ciphertext and head */
  bytes: number
}

/**
 * Takes a mail in, whole or its head first; resumes one that was begun.
 *
 * Preconditions: there is room in all four quotas for its whole size, else `full` and nothing
 * is changed. Of one envelope the newest form is kept: sealed anew it has another hash,
 * and takes the place of the one before when it is whole.
 */
export function mailBegin (ctx: Context, input: BeginMail): BeginMailOutcome {
  const { sender, recipient, envelopeId, hash, head, size, data, keepUntil, now, quota } = input
  const forms = ctx.all<Form>('SELECT place, hash, chunks, whole, until, size + length(head) AS bytes FROM mail WHERE sender = ? AND envelope_id = ? AND recipient = ?', sender, envelopeId, recipient)
  const known = forms.find(form => Buffer.compare(form.hash, hash) === 0)

  if (known?.whole === 1) {
    return { kind: 'stored', until: known.until }
  }

  if (known != null && data == null) {
    ctx.run('UPDATE mail SET until = ? WHERE place = ?', Math.min(now + UNFINISHED_MAIL_KEPT, keepUntil), known.place)

    return { kind: 'go', place: known.place, chunk: known.chunks }
  }

  // what is whole was said yes to: it goes when the newer form is whole
  const replaced = forms.filter(form => form.whole === 0 || data != null)
  const reason = mailFull(ctx, input, quota, { envelopes: replaced.length, bytes: replaced.reduce((sum, { bytes }) => sum + bytes, 0) })

  if (reason != null) {
    return { kind: 'full', reason }
  }

  replaced.forEach(({ place }) => { deleteMail(ctx, 'SELECT ?', place) })

  const whole = data != null
  const inline = data != null && data.byteLength <= INLINE_BODY ? data : null
  const blob = inline == null ? newBlob(ctx, null) : null

  if (data != null && blob != null) {
    addToBlob(ctx, blob, 0, data)
  }

  const row = ctx.get<{ place: number }>(`INSERT INTO mail (sender, recipient, envelope_id, hash, head, size, inline, blob, chunks, whole, until, keep_until)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) RETURNING place`,
  sender, recipient, envelopeId, hash, head, size, inline, blob, whole ? 1 : 0, whole ? keepUntil : Math.min(now + UNFINISHED_MAIL_KEPT, keepUntil), keepUntil) as { place: number }
  countMail(ctx, input, 1)

  return whole ? { kind: 'stored', until: keepUntil } : { kind: 'go', place: row.place, chunk: 0 }
}

import { deleteMail } from '../rows/mail.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { NamedMail } from '../index.ts'

/**
 * The recipient has it: it goes. Only what was kept for that recipient, under the hash
 * that it names; returns how many were there.
 */
export function mailAcknowledge (ctx: Context, { recipient, mail }: { recipient: SiteId, mail: NamedMail[] }): number {
  return mail.reduce((count, { sender, envelopeId, hash }) =>
    count + deleteMail(ctx, 'SELECT place FROM mail WHERE sender = ? AND envelope_id = ? AND recipient = ? AND hash = ?', sender, envelopeId, recipient, hash), 0)
}

import { releaseBlob } from './body.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { MailFull, MailQuota, MailUse } from '../index.ts'

/** What tells whose share a mail takes */
export interface MailShare {
  sender: SiteId
  recipient: SiteId
  /** Ciphertext */
  size: number
  head: Uint8Array
}

/** What one sender may take of one recipient's quota: another's mail finds room there whatever it does */
export const PAIR_SHARE = 0.5

const NOTHING: MailUse = { envelopes: 0, bytes: 0 }

export function mailUse (ctx: Context, name: string): MailUse {
  const row = ctx.get<MailUse>('SELECT envelopes, bytes FROM mail_use WHERE name = ?', name)

  return row == null ? NOTHING : { envelopes: row.envelopes, bytes: row.bytes }
}

/** Why there is no room for one more; undefined when there is. `freed`: of the same sender and recipient, goes with it */
export function mailFull (ctx: Context, { sender, recipient, size, head }: MailShare, quota: MailQuota, freed: MailUse = NOTHING): MailFull | undefined {
  const beyond = (name: string, envelopes: number, bytes: number): boolean => {
    const use = mailUse(ctx, name)

    return use.envelopes - freed.envelopes + 1 > envelopes || use.bytes - freed.bytes + size + head.byteLength > bytes
  }

  if (beyond(`from:${sender}`, quota.maxEnvelopesPerSender, quota.maxBytesPerSender) ||
    beyond(`pair:${sender} ${recipient}`, Math.ceil(quota.maxEnvelopesPerRecipient * PAIR_SHARE), Math.ceil(quota.maxBytesPerRecipient * PAIR_SHARE))) {
    return 'quota-sender'
  }

  if (beyond(`to:${recipient}`, quota.maxEnvelopesPerRecipient, quota.maxBytesPerRecipient)) {
    return 'quota-recipient'
  }

  if (beyond('all', quota.maxEnvelopes, quota.maxBytes)) {
    return 'mailbox-full'
  }
}

export function countMail (ctx: Context, { sender, recipient, size, head }: MailShare, sign: 1 | -1): void {
  const bytes = sign * (size + head.byteLength)

  for (const name of ['all', `from:${sender}`, `to:${recipient}`, `pair:${sender} ${recipient}`]) {
    ctx.run(`INSERT INTO mail_use (name, envelopes, bytes) VALUES (?1, ?2, ?3)
      ON CONFLICT (name) DO UPDATE SET envelopes = envelopes + ?2, bytes = bytes + ?3`, name, sign, bytes)

    if (sign === -1) {
      ctx.run('DELETE FROM mail_use WHERE name = ? AND envelopes = 0', name)
    }
  }
}

/** Deletes the mail whose places `sql` selects; returns how many */
export function deleteMail (ctx: Context, sql: string, ...params: Array<string | number | Uint8Array>): number {
  const rows = ctx.all<MailShare & { blob: number | null }>(`DELETE FROM mail WHERE place IN (${sql}) RETURNING sender, recipient, size, head, blob`, ...params)

  for (const row of rows) {
    releaseBlob(ctx, row.blob)
    countMail(ctx, row, -1)
  }

  return rows.length
}

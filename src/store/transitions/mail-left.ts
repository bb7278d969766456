import type { Context } from '../context.ts'
import type { LeftMail } from '../index.ts'

/** A keeper said yes. It stays in the outbox: only the recipient's receipt ends that */
export function mailLeft (ctx: Context, { envelopeId, keeper, at, until }: LeftMail): void {
  ctx.run('INSERT OR REPLACE INTO mail_left (envelope_id, keeper, at, until) VALUES (?, ?, ?, ?)', envelopeId, keeper, at, until)
}

import { ITEM_COLUMNS, toItem } from '../rows/outbox.ts'
import type { Context } from '../context.ts'
import type { SettleDelivery, SettleOutcome } from '../index.ts'
import type { OutboxRow } from '../rows/outbox.ts'

/**
 * A receipt settles an envelope of this site.
 *
 * Precondition: the envelope waits (also parked: it may have been on its way) and
 * was meant for the signer of the receipt, else `unknown`.
 *
 * The seed goes: it is never sealed again. The hash is kept as what the recipient
 * confirmed.
 */
export function settleDelivery (ctx: Context, input: SettleDelivery): SettleOutcome {
  const { envelopeId, site, hash, outcome, reason, now } = input
  const row = ctx.get<OutboxRow & { queued: number }>(`SELECT ${ITEM_COLUMNS}, o.since AS queued FROM outbox o JOIN tasks t ON t.seq = o.task
    WHERE o.envelope_id = ? AND o.site = ? AND o.state IN ('queued', 'parked')`, envelopeId, site)

  if (row == null) {
    return { kind: 'unknown' }
  }

  ctx.run('UPDATE outbox SET state = ?, since = ?, delivered = ?, hash = ?, reason = ?, seed = NULL WHERE seq = ?',
    outcome, now, outcome === 'delivered' ? now : null, hash, reason ?? null, row.seq)

  return { kind: 'settled', item: toItem(row), since: row.queued }
}

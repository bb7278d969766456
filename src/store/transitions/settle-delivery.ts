import { note } from '../journal.ts'
import { ITEM_COLUMNS, toItem } from '../rows/outbox.ts'
import type { AppId } from '../../core/ids.ts'
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
  const row = ctx.get<OutboxRow & { queued: number, sender: AppId }>(`SELECT ${ITEM_COLUMNS}, o.since AS queued, t.sender FROM outbox o JOIN tasks t ON t.seq = o.task
    WHERE o.envelope_id = ? AND o.site = ? AND o.state IN ('queued', 'parked')`, envelopeId, site)

  if (row == null) {
    return { kind: 'unknown' }
  }

  ctx.run('UPDATE outbox SET state = ?, since = ?, delivered = ?, hash = ?, reason = ?, seed = NULL WHERE seq = ?',
    outcome, now, outcome === 'delivered' ? now : null, hash, reason ?? null, row.seq)

  const item = toItem(row)

  note(ctx, {
    kind: 'envelope-settled',
    carries: item.kind,
    task: item.task,
    from: item.app ?? row.sender,
    site,
    outcome,
    envelope: envelopeId,
    hash,
    at: now,
    ...(reason == null ? {} : { reason }),
    ...(input.receipts == null ? {} : { receipts: input.receipts })
  })

  return { kind: 'settled', item, since: row.queued }
}

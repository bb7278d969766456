import { siteOfApp } from '../rows/recipient.ts'
import type { Context } from '../context.ts'
import type { DeliveryState, RecipientDelivery, TaskKey, WorkStatus } from '../index.ts'

interface RecipientRow {
  recipient: string
  local: number
  arrived: number
  local_expires: number
  own: number
  status: WorkStatus | null
  answered: number | null
}

interface SentRow {
  site: string
  state: DeliveryState
  since: number
  delivered: number | null
  reason: string | null
}

const RECIPIENTS = `SELECT p.recipient, p.local, p.local_expires, t.arrived, t.own, r.status, r.arrived AS answered
  FROM tasks t JOIN recipients p ON p.task = t.seq LEFT JOIN results r ON r.task = t.seq AND r.sender = p.recipient
  WHERE t.id = ? AND t.creator = ? ORDER BY p.position`

const SENT = `SELECT o.site, o.state, o.since, o.delivered, o.reason FROM tasks t JOIN outbox o ON o.task = t.seq
  WHERE t.id = ? AND t.creator = ? AND o.app IS NULL`

/**
 * Where a task stands with each recipient. Only the creator's site knows about all;
 * another site speaks for its own recipients only.
 */
export function listDeliveries (ctx: Context, { task, now }: { task: TaskKey, now: number }): RecipientDelivery[] {
  const sent = new Map(ctx.all<SentRow>(SENT, task.id, task.creator).map(row => [row.site, row]))

  return ctx.all<RecipientRow>(RECIPIENTS, task.id, task.creator)
    .filter(row => row.own === 1 || row.local === 1)
    .map(row => delivery(row, sent.get(row.recipient) ?? sent.get(siteOfApp(row.recipient)), now))
}

function delivery (row: RecipientRow, sent: SentRow | undefined, now: number): RecipientDelivery {
  const known: RecipientDelivery = { to: row.recipient, state: 'queued', since: row.arrived }

  // recipients of this site have it from the moment it is stored
  if (row.local === 1) {
    known.state = 'delivered'
    known.delivered = row.arrived
  } else if (sent != null) {
    known.state = sent.state
    known.since = sent.since

    if (sent.delivered != null) {
      known.delivered = sent.delivered
    }

    if (sent.reason != null) {
      known.reason = sent.reason
    }
  }

  if (row.status != null && row.answered != null) {
    known.status = row.status
    known.since = row.answered
    known.state = row.status === 'claimed' ? 'claimed' : 'answered'
    // an answer proves the delivery, also while the receipt is still on its way
    known.delivered ??= row.answered
  }

  if (row.local_expires <= now && known.state !== 'answered' && known.state !== 'refused') {
    known.state = 'expired'
    known.since = row.local_expires
  }

  return known
}

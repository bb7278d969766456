import { siteOfApp } from '../rows/recipient.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { Attempt, DeliveryState, RecipientDelivery, TaskKey, WorkStatus } from '../index.ts'
import type { AttemptState } from '../rows/attempt.ts'

interface RecipientRow {
  recipient: string
  local: number
  arrived: number
  local_expires: number
  own: number
  cancelled: number | null
  tries: number | null
  token: number | null
  attempt: AttemptState | null
  next: number | null
  late: number | null
  late_at: number | null
  status: WorkStatus | null
  answered: number | null
}

interface SentRow {
  site: string
  state: DeliveryState
  since: number
  delivered: number | null
  reason: string | null
  /** JSON: keepers */
  mailed?: string
}

const RECIPIENTS = `SELECT p.recipient, p.local, p.local_expires, t.arrived, t.own, t.cancelled, r.status, r.arrived AS answered,
  a.tries, a.token, a.state AS attempt, a.next, a.late, a.late_at
  FROM tasks t JOIN recipients p ON p.task = t.seq LEFT JOIN results r ON r.task = t.seq AND r.sender = p.recipient
  LEFT JOIN attempts a ON a.task = t.seq AND a.recipient = p.recipient
  WHERE t.id = ? AND t.creator = ? ORDER BY p.position`

const SENT = `SELECT o.site, o.state, o.since, o.delivered, o.reason,
  (SELECT json_group_array(l.keeper) FROM mail_left l WHERE l.envelope_id = o.envelope_id) AS mailed FROM tasks t JOIN outbox o ON o.task = t.seq
  WHERE t.id = ? AND t.creator = ? AND o.app IS NULL AND o.cancel = 0`

const TOLD = `SELECT o.site, o.state, o.since, o.delivered, o.reason FROM tasks t JOIN outbox o ON o.task = t.seq
  WHERE t.id = ? AND t.creator = ? AND o.app IS NULL AND o.cancel = 1`

/**
 * Where a task stands with each recipient. Only the creator's site knows about all;
 * another site speaks for its own recipients only.
 */
export function listDeliveries (ctx: Context, { task, now }: { task: TaskKey, now: number }): RecipientDelivery[] {
  const sent = new Map(ctx.all<SentRow>(SENT, task.id, task.creator).map(row => [row.site, row]))

  const told = new Map(ctx.all<SentRow>(TOLD, task.id, task.creator).map(row => [row.site, row]))

  return ctx.all<RecipientRow>(RECIPIENTS, task.id, task.creator)
    .filter(row => row.own === 1 || row.local === 1)
    .map(row => {
      const at = <T>(sites: Map<string, T>): T | undefined => sites.get(row.recipient) ?? sites.get(siteOfApp(row.recipient))
      const known = delivery(row, at(sent), now)

      return row.cancelled == null ? known : cancelled(known, row.cancelled, row.local === 1 ? undefined : at(told))
    })
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

  if (row.tries != null) {
    known.attempt = attemptOf(row)
  }

  if (row.cancelled == null && row.local_expires <= now && known.state !== 'answered' && known.state !== 'refused') {
    known.state = 'expired'
    known.since = row.local_expires
  }

  const mailed: SiteId[] = known.state === 'queued' ? JSON.parse(sent?.mailed ?? '[]') : []

  if (mailed.length > 0) {
    known.mailed = mailed
  }

  return known
}

/**
 * Answered before, refused by its site: that stays. Everywhere else the cancel counts, as
 * soon as the recipient's site confirmed it.
 */
function cancelled (known: RecipientDelivery, since: number, told: SentRow | undefined): RecipientDelivery {
  if (known.state === 'answered' || known.state === 'refused') {
    return known
  }

  const { reason, ...rest } = known

  if (told == null || told.state === 'delivered') {
    return { ...rest, state: 'cancelled', since: told?.since ?? since }
  }

  if (told.state === 'refused') {
    return { ...rest, state: 'delivered', reason: `cancel-refused: ${told.reason ?? 'unknown'}` }
  }

  return { ...rest, state: 'cancelling', since, ...(told.reason == null ? {} : { reason: told.reason }) }
}

function attemptOf ({ tries, token, attempt, next, late, late_at: lateAt }: RecipientRow): Attempt {
  return {
    tries: tries ?? 0,
    late: late ?? 0,
    ...(token == null ? {} : { token }),
    ...(next != null && attempt === 'leased' ? { leasedUntil: next } : {}),
    ...(next != null && attempt !== 'leased' ? { againAt: next } : {}),
    ...(lateAt == null ? {} : { lateAt })
  }
}

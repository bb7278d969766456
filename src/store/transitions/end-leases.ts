import { note } from '../journal.ts'
import { findAttempt, retryOf, writeAttempt } from '../rows/attempt.ts'
import { insertOutbox } from '../rows/outbox.ts'
import { toResult } from '../rows/result.ts'
import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { EndLeases, EndLeasesOutcome, NewDelivery, OfferedAgain, StoredResult } from '../index.ts'
import type { AttemptRow } from '../rows/attempt.ts'
import type { ResultRow } from '../rows/result.ts'

export const DUE_ATTEMPTS_SQL = 'SELECT task, recipient FROM attempts WHERE next IS NOT NULL AND next <= ? ORDER BY next LIMIT ?'

interface DueTask {
  seq: number
  id: string
  creator: SiteId
  sender: AppId
  recipients: string
  expires: number
  local_expires: number
}

/**
 * Leases that ran out and backoffs that are over: their tasks are to do again. A lease
 * that ran out is a failed try; the last one that the task's strategy allows fails for
 * good: the claim becomes `permfailed`, with the claim's own metadata and body.
 *
 * No precondition; of tasks that are over nothing is offered. At most as many as there
 * are `deliveries`, those that are due first.
 */
export function endLeases (ctx: Context, input: EndLeases): EndLeasesOutcome {
  const { now, deliveries } = input
  const due = ctx.all<{ task: number, recipient: AppId }>(DUE_ATTEMPTS_SQL, now, deliveries.length)
  const outcome: EndLeasesOutcome = { offered: [], failed: [], more: due.length === deliveries.length }

  for (const [index, { task: seq, recipient }] of due.entries()) {
    const attempt = findAttempt(ctx, seq, recipient) as AttemptRow
    const task = ctx.get<DueTask>(`SELECT seq, id, creator, sender, recipients, expires, local_expires FROM tasks
      WHERE seq = ? AND expired = 0 AND cancelled IS NULL AND local_expires > ?`, seq, now)

    if (task == null) {
      ctx.run('UPDATE attempts SET next = NULL WHERE task = ? AND recipient = ?', seq, recipient)
    } else if (endAttempt(ctx, task, attempt, now)) {
      outcome.failed.push(failForGood(ctx, task, recipient, input, deliveries[index]))
    } else {
      outcome.offered.push(offered(ctx, task, recipient))
    }
  }

  return outcome
}

/** True when it was the last try */
function endAttempt (ctx: Context, task: DueTask, attempt: AttemptRow, now: number): boolean {
  const { recipient, token } = attempt
  const key = { creator: task.creator, id: task.id }
  const leased = attempt.state === 'leased'
  const reason = leased ? 'lease-ran-out' : 'backoff-over'
  const tries = attempt.tries + (leased ? 1 : 0)
  const last = leased && tries >= (retryOf(ctx, task.seq)?.tries ?? Infinity)

  writeAttempt(ctx, { ...attempt, tries, next: null, state: leased ? 'ended' : attempt.state })

  if (leased) {
    note(ctx, { kind: 'lease-ended', task: key, app: recipient, creator: task.sender, token: token ?? 0, reason, at: now })
  }

  if (last) {
    note(ctx, { kind: 'failed-for-good', task: key, app: recipient, creator: task.sender, reason, at: now })
  } else {
    ctx.run('UPDATE recipients SET todo = 1 WHERE task = ? AND recipient = ? AND listed = 1', task.seq, recipient)
    note(ctx, { kind: 'offered-again', task: key, app: recipient, creator: task.sender, reason, at: now })
  }

  return last
}

function offered (ctx: Context, task: DueTask, recipient: AppId): OfferedAgain {
  return { task: { creator: task.creator, id: task.id }, recipient, from: task.sender, to: JSON.parse(task.recipients), seq: ctx.nextSeq() }
}

function failForGood (ctx: Context, task: DueTask, recipient: AppId, { now, incarnation, self }: EndLeases, given: Omit<NewDelivery, 'site'>): { result: StoredResult, delivery?: NewDelivery } {
  const seq = ctx.nextSeq()

  // inserted anew: an update of the key does not move AUTOINCREMENT on, and after a restart the number would be given again
  ctx.run(`INSERT OR REPLACE INTO results (seq, task, sender, recipients, status, metadata, incarnation, revision, arrived, size, sha256, blob, blob_offset, inline)
    SELECT ?, task, sender, recipients, 'permfailed', metadata, ?, ?, ?, size, sha256, blob, blob_offset, inline FROM results WHERE task = ? AND sender = ?`, seq, incarnation, seq, now, task.seq, recipient)

  const row = ctx.get<ResultRow>('SELECT r.*, t.creator, t.id FROM results r JOIN tasks t ON t.seq = r.task WHERE r.task = ? AND r.sender = ?', task.seq, recipient) as ResultRow
  const result = toResult(row)

  note(ctx, { kind: 'result-put', task: result.task, from: recipient, to: result.to, creator: task.sender, status: 'permfailed', revision: seq, at: now })

  if (task.creator === self) {
    return { result }
  }

  const delivery = { ...given, site: task.creator }

  ctx.run('DELETE FROM outbox WHERE task = ? AND app = ?', task.seq, recipient)
  insertOutbox(ctx, { delivery, task: task.seq, app: recipient, expires: task.expires, localExpires: task.local_expires, size: result.body.size, now })

  return { result, delivery }
}

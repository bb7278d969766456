import { note } from '../journal.ts'
import { findAttempt, retryOf, writeAttempt } from '../rows/attempt.ts'
import { holds, leaseRefusal, recordLate } from '../rows/lease-rules.ts'
import { insertOutbox } from '../rows/outbox.ts'
import { findResult, isSameResult, writeResult } from '../rows/result.ts'
import { findTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { PutResult, PutResultOutcome, WorkStatus } from '../index.ts'
import type { AttemptRow } from '../rows/attempt.ts'
import type { ResultHead } from '../rows/result.ts'
import type { TaskHead } from '../rows/task.ts'

/**
 * An app of this site answers a task, or changes its answer. This site owns the
 * result and numbers its versions.
 *
 * Preconditions: the task is here and unexpired, else `unknown-task`; it was not
 * cancelled, else `cancelled`; `from` is one of its recipients and of this site, else
 * `not-recipient`; a `claimed` after a `succeeded` is `ignored`; the rules of leases
 * (`rows/lease-rules.ts`) allow it: an old token is recorded and has no effect.
 * Everything else overwrites, as in Beam.
 *
 * The task is to do again after `tempfailed` only: at once, or under a retry strategy
 * after its backoff; the last try that the strategy allows is kept as `permfailed`. An
 * older version still in the outbox goes: only the newest is of use, and a seed must
 * never seal other bytes than those it was made for. A claim that says nothing new
 * renews its lease and is no new version.
 */
export function putResult (ctx: Context, input: PutResult): PutResultOutcome {
  const { from, delivery, now } = input
  const task = findTask(ctx, input.task)

  if (task?.cancelled != null) {
    return { kind: 'cancelled' }
  }

  if (task == null || task.expired === 1 || task.local_expires <= now) {
    return { kind: 'unknown-task' }
  }

  const recipient = ctx.get<{ local: number }>('SELECT local FROM recipients WHERE task = ? AND recipient = ?', task.seq, from)

  if (recipient?.local !== 1) {
    return { kind: 'not-recipient' }
  }

  const previous = findResult(ctx, task.seq, from)

  if (previous?.status === 'succeeded' && input.status === 'claimed' && input.lease == null) {
    return { kind: 'ignored' }
  }

  const attempt = findAttempt(ctx, task.seq, from)
  const refused = leaseRefusal(attempt, previous, input)

  if (refused != null) {
    if (refused.kind === 'lease-lost') {
      recordLate(ctx, attempt, now)
    }

    return refused
  }

  if (isRenewal(ctx, task, attempt, input)) {
    return { kind: 'renewed', ...renew(ctx, task, attempt as AttemptRow, input) }
  }

  const seq = ctx.nextSeq()
  // not counted from 1 for each task: an id used again after its expiry must not fall behind its first life
  const revision = seq
  const { status, todo, ...lease } = step(ctx, { task, attempt, previous, input, seq })

  const body = writeResult(ctx, previous, { ...input, status, task: task.seq, seq, revision })
  ctx.run('UPDATE recipients SET todo = ? WHERE task = ? AND recipient = ?', todo ? 1 : 0, task.seq, from)

  if (previous != null) {
    ctx.run('DELETE FROM outbox WHERE task = ? AND app = ?', task.seq, from)
  }

  if (delivery != null) {
    insertOutbox(ctx, { delivery, task: task.seq, app: from, expires: task.expires, localExpires: task.local_expires, size: input.body.size, now })
  }

  note(ctx, { kind: 'result-put', task: input.task, from, to: input.to, creator: task.sender, status, revision, at: now })

  return { kind: previous == null ? 'created' : 'updated', seq, revision, status, ...lease, ...(body === input.body ? {} : { body }) }
}

interface Step {
  task: TaskHead
  attempt: AttemptRow | undefined
  previous: ResultHead | undefined
  input: PutResult
  /** Number of the version, and of the lease that it takes */
  seq: number
}

interface Stepped {
  status: WorkStatus
  todo: boolean
  token?: number
  until?: number
  /** When the task is to do again */
  again?: number
}

function step (ctx: Context, step: Step): Stepped {
  const { attempt, input } = step

  if (input.status === 'tempfailed') {
    return failed(ctx, step)
  }

  if (input.status === 'claimed' && (input.lease != null || holds(attempt, input))) {
    return { status: 'claimed', todo: false, ...take(ctx, step) }
  }

  if (attempt != null) {
    end(ctx, step, { ...attempt, next: null, state: input.token == null ? 'free' : 'answered' })
  }

  return { status: input.status, todo: false }
}

function take (ctx: Context, { task, attempt, input, seq }: Step): { token: number, until: number } {
  if (attempt != null && holds(attempt, input)) {
    return renew(ctx, task, attempt, input)
  }

  const { from, now, lease = 0 } = input
  const until = Math.min(now + lease, task.local_expires)

  writeAttempt(ctx, { task: task.seq, recipient: from, token: seq, state: 'leased', next: until, tries: attempt?.tries ?? 0, late: attempt?.late ?? 0, late_at: attempt?.late_at ?? null })
  note(ctx, { kind: 'lease-taken', task: input.task, app: from, creator: task.sender, token: seq, until, at: now })

  return { token: seq, until }
}

function renew (ctx: Context, task: TaskHead, attempt: AttemptRow, { lease, now }: PutResult): { token: number, until: number } {
  const until = lease == null ? attempt.next ?? now : Math.min(now + lease, task.local_expires)

  if (until !== attempt.next) {
    writeAttempt(ctx, { ...attempt, next: until })
  }

  return { token: attempt.token ?? 0, until }
}

function isRenewal (ctx: Context, task: TaskHead, attempt: AttemptRow | undefined, input: PutResult): boolean {
  return input.status === 'claimed' && holds(attempt, input) && isSameResult(ctx, task.seq, input)
}

/** A failure that may be tried again, and what the task's strategy makes of it */
function failed (ctx: Context, step: Step): Stepped {
  const { task, attempt, previous, input } = step
  const { now, from } = input
  const retry = retryOf(ctx, task.seq)
  const state = input.token == null ? 'free' : 'answered'

  if (retry == null) {
    if (attempt != null) {
      end(ctx, step, { ...attempt, next: null, state })
    }

    return { status: 'tempfailed', todo: true }
  }

  const known: AttemptRow = attempt ?? { task: task.seq, recipient: from, token: null, state: 'free', next: null, tries: 0, late: 0, late_at: null }

  // the same failure, said twice, is one try
  if (previous?.status === 'tempfailed' && known.state !== 'leased' && (known.next != null || (known.state === 'answered' && input.token != null))) {
    return { status: 'tempfailed', todo: known.next == null }
  }

  const tries = known.tries + 1

  if (tries >= retry.tries) {
    end(ctx, step, { ...known, tries, state, next: null })
    note(ctx, { kind: 'failed-for-good', task: input.task, app: from, creator: task.sender, reason: 'last-try', at: now })

    return { status: 'permfailed', todo: false }
  }

  const again = retry.backoff === 0 ? undefined : now + retry.backoff
  end(ctx, step, { ...known, tries, state, next: again ?? null })

  return { status: 'tempfailed', todo: again == null, ...(again == null ? {} : { again }) }
}

function end (ctx: Context, { task, attempt, input }: Step, row: AttemptRow): void {
  writeAttempt(ctx, row)

  if (attempt?.state === 'leased') {
    note(ctx, { kind: 'lease-ended', task: input.task, app: input.from, creator: task.sender, token: attempt.token ?? 0, reason: 'answered', at: input.now })
  }
}

import { writeAttempt } from './attempt.ts'
import type { AttemptRow } from './attempt.ts'
import type { ResultHead } from './result.ts'
import type { Context } from '../context.ts'
import type { LeaseRefusal, PutResult } from '../index.ts'

/** Whether somebody holds a lease and names it rightly */
export function holds (attempt: AttemptRow | undefined, { token, now }: Pick<PutResult, 'token' | 'now'>): boolean {
  return attempt?.state === 'leased' && attempt.token === token && (attempt.next ?? 0) > now
}

/**
 * May this claim or answer have an effect? Undefined: it may.
 *
 * Once a lease was taken, answers need its token, until somebody claims the task without
 * one. A lease whose time is over is lost, also while nobody else has taken the task:
 * whoever reads the list may be about to.
 */
export function leaseRefusal (attempt: AttemptRow | undefined, previous: ResultHead | undefined, input: PutResult): LeaseRefusal | undefined {
  const { status, token, lease, now } = input
  const claim = status === 'claimed'
  const state = attempt?.token == null ? 'free' : attempt.state

  if (token != null) {
    const stillHis = holds(attempt, input) || (state === 'answered' && attempt?.token === token && !claim)

    return stillHis ? undefined : { kind: 'lease-lost' }
  }

  if (state === 'leased' && claim) {
    return { kind: 'leased', until: Math.max(attempt?.next ?? 0, now + 1) }
  }

  if (!claim) {
    return state === 'free' ? undefined : { kind: 'token-needed' }
  }

  if (lease == null) {
    return
  }

  if (previous?.status === 'succeeded' || previous?.status === 'permfailed') {
    return { kind: 'answered' }
  }

  if (attempt?.next != null && attempt.next > now) {
    return { kind: 'leased', until: attempt.next }
  }
}

/** A late answer is written down, and that is all it does */
export function recordLate (ctx: Context, attempt: AttemptRow | undefined, now: number): void {
  if (attempt != null) {
    writeAttempt(ctx, { ...attempt, late: attempt.late + 1, late_at: now })
  }
}

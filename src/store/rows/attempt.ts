import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

/**
 * Longest pause between two tries that a failure strategy can ask for, ms
 *
 * @default 86_400_000 (24 h)
 */
export const MAX_BACKOFF = 86_400_000

/**
 * Most tries that a failure strategy can ask for
 *
 * @default 1_000
 */
export const MAX_TRIES = 1_000

/**
 * `leased`: somebody holds it until `next`. `answered`: the holder of `token` answered.
 * `ended`: the lease ran out, and nobody took the task since. `free`: somebody who needs
 * no token has it, or nobody ever had a lease.
 */
export type AttemptState = 'leased' | 'answered' | 'ended' | 'free'

export interface AttemptRow {
  task: number
  recipient: AppId
  token: number | null
  state: AttemptState
  next: number | null
  tries: number
  late: number
  late_at: number | null
}

export interface Retry { backoff: number, tries: number }

export function findAttempt (ctx: Context, task: number, recipient: AppId | SiteId): AttemptRow | undefined {
  return ctx.get('SELECT task, recipient, token, state, next, tries, late, late_at FROM attempts WHERE task = ? AND recipient = ?', task, recipient)
}

export function writeAttempt (ctx: Context, row: AttemptRow): void {
  ctx.run('INSERT OR REPLACE INTO attempts (task, recipient, token, state, next, tries, late, late_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    row.task, row.recipient, row.token, row.state, row.next, row.tries, row.late, row.late_at)
}

/** Undefined for "discard", and for what is no strategy that we know */
export function retryOf (ctx: Context, task: number): Retry | undefined {
  const row = ctx.get<{ text: string }>('SELECT failure_strategy AS text FROM tasks WHERE seq = ?', task)
  const strategy: unknown = JSON.parse(row?.text ?? 'null')
  const retry = (strategy as { retry?: { backoff_millisecs?: unknown, max_tries?: unknown } } | null)?.retry

  if (retry == null || !isCount(retry.backoff_millisecs) || !isCount(retry.max_tries)) {
    return
  }

  return { backoff: Math.min(retry.backoff_millisecs, MAX_BACKOFF), tries: Math.min(Math.max(retry.max_tries, 1), MAX_TRIES) }
}

function isCount (value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0
}

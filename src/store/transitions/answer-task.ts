import { chooseTask } from '../choose-task.ts'
import { putResult } from './put-result.ts'
import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { AnswerTask, AnswerTaskOutcome } from '../index.ts'

interface Row {
  creator: SiteId
  sender: AppId
  recipients: string
  expires: number
  local_expires: number
  cancelled: number | null
  envelope_hash: Uint8Array | null
}

/** Exported so that a test can look at the query plan */
export const ANSWERED_SQL = 'SELECT creator, sender, recipients, expires, local_expires, cancelled, envelope_hash FROM tasks WHERE id = ? ORDER BY creator'

/**
 * An app of this site answers a task by its id alone, as apps do: which one it means
 * is found, and the result put, in one step. To read first and put then would be one
 * more passage to the store's thread for each answer.
 *
 * Preconditions: one unexpired task of that id means this app (`choose-task.ts`), else
 * the outcome says why; then those of `putResult`.
 */
export function answerTask (ctx: Context, { id, self, delivery, ...result }: AnswerTask): AnswerTaskOutcome {
  const tasks = ctx.all<Row>(ANSWERED_SQL, id).map(row => ({
    creator: row.creator,
    from: row.sender,
    to: JSON.parse(row.recipients) as Array<AppId | SiteId>,
    expires: row.expires,
    localExpires: row.local_expires,
    cancelled: row.cancelled,
    envelopeHash: row.envelope_hash
  }))
  const choice = chooseTask(tasks, result, result.now)

  if (choice.kind !== 'chosen') {
    return choice
  }

  const { creator, from, expires, envelopeHash } = choice.task
  const outcome = putResult(ctx, { ...result, task: { creator, id }, ...(creator === self ? {} : { delivery: { ...delivery, site: creator } }) })

  return 'revision' in outcome ? { ...outcome, task: { creator, id, from, expires, ...(envelopeHash == null ? {} : { envelopeHash }) } } : outcome
}

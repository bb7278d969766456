import { note } from '../journal.ts'
import { dropBody } from '../rows/body.ts'
import { REFUSED, STORED, areWhole, findAnswered, remember } from '../rows/received.ts'
import { deleteTask, findTask, insertTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { ReceiveOutcome, ReceiveTask, TaskFacts } from '../index.ts'
import type { TaskHead } from '../rows/task.ts'

/**
 * A creator may use an id again after its expiry. It may have set its clock back
 * meanwhile, by no more than clocks may differ, ms
 */
export const REUSE_SKEW = 300_000

/**
 * A task of another site arrived; its signer is the site that created it.
 *
 * Preconditions: the envelope was not answered before, else `duplicate` with the
 * answer of then; its instants are whole numbers, else it is refused with `malformed`;
 * no unexpired task of this creator has the id, else it is refused with `conflict`, or
 * with `cancelled` when its creator took it back before it came.
 * Refusals are remembered. An expired task of the same id is replaced; so is one that
 * is over for its creator, though not yet here: the new one was created later, and not
 * before the old one's expiry less `REUSE_SKEW`, both by the creator's clock. The very
 * task that is here already, in a new envelope, is a `duplicate`: its creator offers it
 * once more, since it cannot know what a restored site remembers.
 *
 * A body that is not stored is freed in the same commit.
 */
export function receiveTask (ctx: Context, input: ReceiveTask): ReceiveOutcome {
  const { envelopeId, envelopeHash: hash, task, body, self, now, localExpires, dedupUntil: until } = input
  const site = task.creator
  const answered = findAnswered(ctx, envelopeId, site)

  if (answered != null) {
    dropBody(ctx, body)

    return { kind: 'duplicate', ...answered }
  }

  const refuse = (reason: string): ReceiveOutcome => {
    remember(ctx, { envelopeId, site, hash, outcome: REFUSED, reason, until })
    dropBody(ctx, body)
    note(ctx, { kind: 'envelope-refused', site, envelope: envelopeId, hash, reason, at: now })

    return { kind: 'refused', reason }
  }

  if (!areWhole(task.created, task.expires)) {
    return refuse('malformed')
  }

  const existing = findTask(ctx, task)

  if (existing != null) {
    if (existing.own === 0 && existing.cancelled != null && existing.created >= task.created) {
      return refuse('cancelled')
    }

    const same = sameTask(ctx, existing, input)

    if (same != null) {
      remember(ctx, { envelopeId, site, hash: same, outcome: STORED, reason: '', until })
      dropBody(ctx, body)

      return { kind: 'duplicate', hash: same, outcome: STORED, reason: '' }
    }

    if (existing.expired === 0 && existing.local_expires > now && !isLaterLife(task, existing)) {
      return refuse('conflict')
    }

    deleteTask(ctx, existing)
  }

  // a measured difference of clocks is seldom a whole number
  const { seq } = insertTask(ctx, { task, body, own: false, self, now, localExpires: Math.round(localExpires), envelopeHash: hash })
  remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })

  note(ctx, { kind: 'task-received', task: { creator: task.creator, id: task.id }, from: task.from, to: task.to, envelope: envelopeId, hash, at: now })

  return { kind: 'stored', seq }
}

/** Hash of the envelope in which the very same task came; undefined when there is none such */
function sameTask (ctx: Context, existing: TaskHead, { task, body }: ReceiveTask): Uint8Array | undefined {
  if (existing.own === 1 || existing.sender !== task.from || existing.created !== task.created || existing.expires !== task.expires || existing.size !== body.size) {
    return
  }

  const row = ctx.get<{ envelope_hash: Uint8Array | null, sha256: Uint8Array, recipients: string, metadata: string, failure_strategy: string }>('SELECT envelope_hash, sha256, recipients, metadata, failure_strategy FROM tasks WHERE seq = ?', existing.seq)

  const same = row != null && Buffer.compare(row.sha256, body.sha256) === 0 && row.recipients === JSON.stringify(task.to) &&
    row.metadata === task.metadata && row.failure_strategy === task.failureStrategy

  return same ? row.envelope_hash ?? undefined : undefined
}

function isLaterLife (task: TaskFacts, existing: TaskHead): boolean {
  return task.created > existing.created && task.created >= existing.expires - REUSE_SKEW
}

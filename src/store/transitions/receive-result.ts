import { note } from '../journal.ts'
import { dropBody } from '../rows/body.ts'
import { REFUSED, STORED, areWhole, findAnswered, remember } from '../rows/received.ts'
import { siteOfApp } from '../rows/recipient.ts'
import { findResult, writeResult } from '../rows/result.ts'
import { findTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { ReceiveResult, ReceiveResultOutcome } from '../index.ts'

/** Of a SHA-256, bytes */
const HASH = 32

/**
 * A result arrived from the site that owns it.
 *
 * Preconditions: the envelope was not answered before, else `duplicate`; its
 * version is of whole numbers, else refused with `malformed`; the task was created
 * here and is unexpired, else refused with `unknown-task`; `from` is one
 * of its recipients by exact id and an app of the signer's site, else refused with
 * `not-recipient`; where both are known, the envelope that it answers is one that
 * the site confirmed, now or in an earlier life, else `unknown-task` (the id had an earlier life). A version
 * that is not newer by (incarnation, revision) is `older`: acknowledged, no effect; so
 * is whatever answers a task that was cancelled.
 *
 * A body that is not stored is freed in the same commit.
 */
export function receiveResult (ctx: Context, input: ReceiveResult): ReceiveResultOutcome {
  const { envelopeId, envelopeHash: hash, site, from, now, dedupUntil: until } = input
  const answered = findAnswered(ctx, envelopeId, site)

  if (answered != null) {
    dropBody(ctx, input.body)

    return { kind: 'duplicate', ...answered }
  }

  const refuse = (reason: string): ReceiveResultOutcome => {
    remember(ctx, { envelopeId, site, hash, outcome: REFUSED, reason, until })
    dropBody(ctx, input.body)
    note(ctx, { kind: 'envelope-refused', site, envelope: envelopeId, hash, reason, at: now })

    return { kind: 'refused', reason }
  }

  if (!areWhole(input.incarnation, input.revision)) {
    return refuse('malformed')
  }

  const task = findTask(ctx, input.task)

  // its site will hear of the cancel, or has: nobody waits for the answer
  if (task?.own === 1 && task.cancelled != null) {
    remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })
    dropBody(ctx, input.body)

    return { kind: 'older' }
  }

  if (task?.own !== 1 || task.expired === 1 || task.local_expires <= now) {
    return refuse('unknown-task')
  }

  const recipient = ctx.get('SELECT 1 FROM recipients WHERE task = ? AND recipient = ? AND local = 0', task.seq, from)

  if (recipient == null || siteOfApp(from) !== site) {
    return refuse('not-recipient')
  }

  if (answersOther(ctx, task.seq, input)) {
    return refuse('unknown-task')
  }

  remember(ctx, { envelopeId, site, hash, outcome: STORED, reason: '', until })
  const previous = findResult(ctx, task.seq, from)

  if (previous != null && !isNewer(input, previous)) {
    dropBody(ctx, input.body)

    return { kind: 'older' }
  }

  const seq = ctx.nextSeq()
  const body = writeResult(ctx, previous, { ...input, task: task.seq, seq })

  note(ctx, { kind: 'result-received', task: input.task, from, to: input.to, creator: task.sender, status: input.status, revision: input.revision, envelope: envelopeId, hash, at: now })

  return { kind: 'stored', seq, created: task.created, ...(body === input.body ? {} : { body }) }
}

interface Version {
  incarnation: number
  revision: number
}

function isNewer (a: Version, b: Version): boolean {
  return a.incarnation === b.incarnation ? a.revision > b.revision : a.incarnation > b.incarnation
}

function answersOther (ctx: Context, task: number, { answers, site }: ReceiveResult): boolean {
  if (answers == null || answers.byteLength === 0) {
    return false
  }

  const sent = ctx.get<{ hash: Uint8Array | null, earlier: Uint8Array | null }>('SELECT hash, earlier FROM outbox WHERE task = ? AND app IS NULL AND cancel = 0 AND site = ?', task, site)

  return sent?.hash != null && Buffer.compare(sent.hash, answers) !== 0 && !isEarlier(sent.earlier, answers)
}

/** A site that was restored more than once may be back where it knew an envelope of before */
function isEarlier (earlier: Uint8Array | null, hash: Uint8Array): boolean {
  for (let at = 0; at < (earlier?.byteLength ?? 0); at += HASH) {
    if (Buffer.compare(earlier?.subarray(at, at + HASH) ?? hash, hash) === 0) {
      return true
    }
  }

  return false
}

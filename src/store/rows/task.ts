import { attachBody, bodyValues, releaseBlob, toBody } from './body.ts'
import { isLocal } from './recipient.ts'
import { addUsage, removeUsage } from './usage.ts'
import type { BodyColumns } from './body.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { StoredBody, StoredTask, TaskFacts, TaskKey } from '../index.ts'

export interface TaskRow extends BodyColumns {
  seq: number
  creator: SiteId
  id: string
  own: number
  sender: string
  recipients: string
  ttl: string
  failure_strategy: string
  created: number
  expires: number
  local_expires: number
  arrived: number
  expired: number
  cancelled: number | null
  envelope_hash: Uint8Array | null
  metadata: string
}

/** What transitions need of a task to decide */
export type TaskHead = Pick<TaskRow, 'seq' | 'creator' | 'own' | 'sender' | 'created' | 'expires' | 'local_expires' | 'expired' | 'cancelled' | 'size' | 'blob'>

export function toFacts (row: Omit<TaskRow, keyof BodyColumns>): TaskFacts {
  return {
    creator: row.creator,
    id: row.id,
    from: row.sender,
    to: JSON.parse(row.recipients),
    ttl: row.ttl,
    failureStrategy: row.failure_strategy,
    metadata: row.metadata,
    created: row.created,
    expires: row.expires
  }
}

export function toTask (row: TaskRow): StoredTask {
  const task: StoredTask = { ...toFacts(row), seq: row.seq, body: toBody(row), localExpires: row.local_expires }

  if (row.envelope_hash != null) {
    task.envelopeHash = row.envelope_hash
  }

  if (row.cancelled != null) {
    task.cancelled = row.cancelled
  }

  return task
}

export function findTask (ctx: Context, key: TaskKey): TaskHead | undefined {
  return ctx.get('SELECT seq, creator, own, sender, created, expires, local_expires, expired, cancelled, size, blob FROM tasks WHERE id = ? AND creator = ?', key.id, key.creator)
}

/** Where a task can still be worked on: known and not expired by this site's clock */
export function findLiveTask (ctx: Context, key: TaskKey, now: number): TaskHead | undefined {
  const task = findTask(ctx, key)

  return task != null && task.expired === 0 && task.local_expires > now ? task : undefined
}

export interface InsertTask {
  task: TaskFacts
  body: StoredBody
  own: boolean
  self: SiteId
  now: number
  localExpires: number
  envelopeHash?: Uint8Array
}

/** Returns the task's place in the order of arrival, and its body as it rests now */
export function insertTask (ctx: Context, { task, body: given, own, self, now, localExpires, envelopeHash }: InsertTask): { seq: number, body: StoredBody } {
  const seq = ctx.nextSeq()
  const body = attachBody(ctx, given)

  ctx.run(`INSERT INTO tasks (seq, creator, id, own, sender, recipients, ttl, failure_strategy, metadata, created, expires, local_expires, arrived, expired, envelope_hash, size, sha256, blob, blob_offset, inline)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
  seq, task.creator, task.id, own ? 1 : 0, task.from, JSON.stringify(task.to), task.ttl, task.failureStrategy, task.metadata,
  task.created, task.expires, localExpires, now, envelopeHash ?? null, ...bodyValues(body))

  addUsage(ctx, { creator: task.creator, sender: task.from, size: body.size, metadata: task.metadata })

  let position = 0

  for (const recipient of new Set(task.to)) {
    const local = isLocal(recipient, self) ? 1 : 0

    // lists are read by this site's apps only: other recipients stay out of the indexes
    ctx.run('INSERT INTO recipients (task, recipient, position, local, listed, todo, local_expires) VALUES (?, ?, ?, ?, ?, ?, ?)',
      seq, recipient, position++, local, local, local, localExpires)
  }

  return { seq, body }
}

/** With its recipients, results and outbox rows; bytes of large bodies follow in steps */
export function deleteTask (ctx: Context, task: TaskHead): void {
  if (task.expired === 0) {
    removeUsage(ctx, task)
  }

  for (const { blob } of ctx.all<{ blob: number | null }>('SELECT blob FROM results WHERE task = ?', task.seq)) {
    releaseBlob(ctx, blob)
  }

  releaseBlob(ctx, task.blob)
  ctx.run('DELETE FROM tasks WHERE seq = ?', task.seq)
}

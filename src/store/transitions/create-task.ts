import { note } from '../journal.ts'
import { insertOutbox } from '../rows/outbox.ts'
import { deleteTask, findTask, insertTask } from '../rows/task.ts'
import type { Context } from '../context.ts'
import type { CreateTask, CreateTaskOutcome } from '../index.ts'

/**
 * An app of this site creates a task.
 *
 * Precondition: this site has no unexpired task of that id, else `exists`. An
 * expired one is replaced, its results are gone.
 *
 * Task, recipients and one outbox row for each other site are one commit; recipients
 * of this site have the task to do from that moment.
 */
export function createTask (ctx: Context, input: CreateTask): CreateTaskOutcome {
  const { task, deliveries, self, now } = input
  const existing = findTask(ctx, task)

  if (existing != null) {
    if (existing.expired === 0 && existing.local_expires > now) {
      return { kind: 'exists' }
    }

    deleteTask(ctx, existing)
  }

  const { seq, body } = insertTask(ctx, { task, body: input.body, own: true, self, now, localExpires: task.expires })

  for (const delivery of deliveries) {
    insertOutbox(ctx, { delivery, task: seq, expires: task.expires, localExpires: task.expires, size: body.size, now })
  }

  note(ctx, { kind: 'task-created', task: { creator: task.creator, id: task.id }, from: task.from, to: task.to, at: now })

  return { kind: 'created', seq, ...(body === input.body ? {} : { body }) }
}

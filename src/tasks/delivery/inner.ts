import { CANCEL, RESULT, TASK } from '../../envelope/inner.ts'
import type { InnerInput } from '../../envelope/index.ts'
import type { OutboxContent, StoredBody } from '../../store/index.ts'

/** What will be sealed: the header, and where the body is */
export interface Sealable {
  inner: InnerInput
  body: StoredBody
}

export function innerOf ({ item, task, result }: OutboxContent): Sealable {
  if (item.kind === 'task' && task != null) {
    return {
      inner: {
        kind: TASK,
        from: task.from,
        to: task.to,
        taskId: task.id,
        creator: task.creator,
        metadata: task.metadata,
        ttl: task.ttl,
        failureStrategy: task.failureStrategy,
        created: task.created,
        expires: task.expires,
        bodySize: task.body.size,
        bodySha256: task.body.sha256
      },
      body: task.body
    }
  }

  if (item.kind === 'cancel' && task != null) {
    return {
      inner: {
        kind: CANCEL,
        from: task.from,
        to: task.to,
        taskId: task.id,
        creator: task.creator,
        metadata: 'null',
        created: task.created,
        expires: task.expires,
        bodySize: task.body.size,
        bodySha256: task.body.sha256
      },
      // a cancelled task has none any more
      body: task.body
    }
  }

  if (item.kind === 'result' && result != null) {
    return {
      inner: {
        kind: RESULT,
        from: result.from,
        to: result.to,
        taskId: result.task.id,
        creator: result.task.creator,
        metadata: result.metadata,
        status: result.status,
        incarnation: result.incarnation,
        revision: result.revision,
        answers: result.answers ?? new Uint8Array(0),
        bodySize: result.body.size,
        bodySha256: result.body.sha256
      },
      body: result.body
    }
  }

  throw new Error(`an outbox row of kind ${item.kind} came without its content`)
}

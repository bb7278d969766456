import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { CreateTask, NewDelivery, ReceiveTask, StoredBody, TaskFacts } from '../../src/store/index.ts'

export const SELF = 's1.net'
export const OTHER = 's2.net'
export const THIRD = 's3.net'
export const NOW = 1_700_000_000_000
export const TTL = 60_000

export function bytes (length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

export function textBody (text: string): StoredBody {
  const inline = new TextEncoder().encode(text)

  return { size: inline.byteLength, sha256: new Uint8Array(createHash('sha256').update(inline).digest()), inline }
}

export function blobBody (id: number, offset: number, data: Uint8Array): StoredBody {
  return { size: data.byteLength - offset, sha256: new Uint8Array(createHash('sha256').update(data.subarray(offset)).digest()), blob: { id, offset } }
}

export function newDelivery (site: string): NewDelivery {
  return { envelopeId: bytes(16), site, seed: bytes(32) }
}

export function newTask (facts: Partial<TaskFacts> = {}): TaskFacts {
  return {
    creator: SELF,
    id: randomUUID(),
    from: 'asker.s1.net',
    to: ['worker.s2.net'],
    ttl: '60s',
    failureStrategy: '"discard"',
    metadata: 'null',
    created: NOW,
    expires: NOW + TTL,
    ...facts
  }
}

/** A task created here, for s2.net unless said otherwise */
export function creation (facts: Partial<TaskFacts> = {}, more: Partial<CreateTask> = {}): CreateTask {
  return { task: newTask(facts), body: textBody('question'), deliveries: [newDelivery(OTHER)], self: SELF, now: NOW, ...more }
}

/** A task of s2.net that arrives here */
export function arrival (facts: Partial<TaskFacts> = {}, more: Partial<ReceiveTask> = {}): ReceiveTask {
  const task = newTask({ creator: OTHER, from: 'asker.s2.net', to: ['worker.s1.net'], ...facts })

  return {
    envelopeId: bytes(16),
    envelopeHash: bytes(32),
    task,
    body: textBody('question'),
    localExpires: task.expires,
    self: SELF,
    now: NOW,
    dedupUntil: task.expires + 300_000,
    ...more
  }
}

import { hash as digest } from 'node:crypto'
import type { Fact } from '../fact.ts'
import type { TaskKey } from '../types/facts.ts'

/**
 * What the audit log says of a fact: `at` and `kind`, then names, then hashes in
 * hex. Never bodies or metadata. Undefined for facts that are no business of an audit.
 */
export function auditEntry (fact: Fact, at: number): Record<string, unknown> | undefined {
  const { kind } = fact

  switch (fact.kind) {
    case 'task-created':
      return { at, kind, ...named(fact.task), from: fact.from, to: fact.to }
    case 'task-received':
      return { at, kind, ...named(fact.task), from: fact.from, to: fact.to, envelope: hex(fact.envelope), hash: hex(fact.hash) }
    case 'envelope-refused':
      return { at, kind, site: fact.site, reason: fact.reason, envelope: hex(fact.envelope), hash: hex(fact.hash) }
    case 'envelope-settled':
      return { at, kind, carries: fact.carries, ...named(fact.task), from: fact.from, site: fact.site, outcome: fact.outcome, reason: fact.reason, envelope: hex(fact.envelope), hash: hex(fact.hash) }
    case 'result-put':
      return { at, kind, ...named(fact.task), from: fact.from, to: fact.to, status: fact.status, revision: fact.revision }
    case 'result-received':
      return { at, kind, ...named(fact.task), from: fact.from, to: fact.to, status: fact.status, revision: fact.revision, envelope: hex(fact.envelope), hash: hex(fact.hash) }
    case 'task-cancelled':
    case 'cancel-received':
      return { at, kind, ...named(fact.task), from: fact.from }
    case 'failed-for-good':
      return { at, kind, ...named(fact.task), app: fact.app, reason: fact.reason }
    // work in progress, and what follows from the clock alone
    case 'task-expired':
    case 'lease-taken':
    case 'lease-ended':
    case 'offered-again':
      return undefined
    case 'roster-appended':
      return { at, kind, entries: fact.entries, seq: fact.seq, hash: hex(fact.hash), supersedes: fact.supersedes }
    case 'record-kept':
      return { at, kind, site: fact.site, sequence: fact.sequence, sha256: digest('sha256', fact.record, 'hex') }
    case 'invite-created':
      return { at, kind, id: hex(fact.id), site: fact.site, expires: fact.expires }
    case 'invite-cancelled':
      return { at, kind, id: hex(fact.id) }
    case 'invite-used':
      return { at, kind, id: hex(fact.id), signingKey: hex(fact.signingKey) }
    case 'app-added':
    case 'app-key-rotated':
    case 'app-removed':
      return { at, kind, name: fact.name }
    case 'decision':
      return { at, kind, subject: fact.subject, action: fact.action, allowed: fact.allowed, reason: fact.reason }
    case 'encryption-key-made':
      return { at, kind, key: hex(fact.key), until: fact.until }
    case 'encryption-key-erased':
      return { at, kind, key: hex(fact.key) }
    case 'restored':
      return { at, kind, incarnation: fact.incarnation }
    default:
      throw new Error(fact satisfies never)
  }
}

function named (task: TaskKey): { creator: string, task: string } {
  return { creator: task.creator, task: task.id }
}

function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

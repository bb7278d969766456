import { hash as digest } from 'node:crypto'
import { domains } from '../../core/domains.ts'
import { auditEntry } from './audit-entry.ts'
import type { Context } from '../context.ts'
import type { Fact } from '../fact.ts'
import type { AuditState } from '../journal-state.ts'

/** Hash before the first entry */
export const AUDIT_START = new Uint8Array(32)

/**
 * Refusals, and records, of one site that are written in one minute: a site that floods
 * this one with what is refused, or with its own news, must not fill its disk. The rest
 * is counted in one entry.
 *
 * @default 60
 */
export const MAX_A_MINUTE = 60

const MINUTE = 60_000

/** Sites, by kind of entry, that are counted apart; of more, the counters begin anew. @default 1_024 */
const MAX_COUNTED = 1_024

export function forgetAudit (state: AuditState): void {
  state.head = undefined
  state.receipts = undefined
}

const domain = Buffer.from(domains.auditEntry)

/** SHA-256 over: the domain, the hash before, the number as 8 bytes big-endian, the entry's UTF-8 */
export function auditHash (previous: Uint8Array, n: number, entry: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(domain.length + 40 + Buffer.byteLength(entry))
  domain.copy(bytes)
  bytes.set(previous, domain.length)
  bytes.writeBigUInt64BE(BigInt(n), domain.length + 32)
  bytes.write(entry, domain.length + 40)

  return digest('sha256', bytes, 'buffer')
}

export function auditHead (ctx: Context): { n: number, hash: Uint8Array } {
  return ctx.get<{ n: number, hash: Uint8Array }>('SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1') ??
    // all entries under the last checkpoint are purged
    ctx.get('SELECT n, hash FROM audit_checkpoints ORDER BY n DESC LIMIT 1') ??
    { n: 0, hash: AUDIT_START }
}

function append (ctx: Context, entry: Record<string, unknown>, evidence: Uint8Array | null = null): number {
  const state = ctx.journal.audit
  const head = state.head ?? auditHead(ctx)
  const text = JSON.stringify(entry)
  const n = head.n + 1
  const hash = auditHash(head.hash, n, text)

  ctx.run('INSERT INTO audit (n, entry, hash, evidence) VALUES (?, ?, ?, ?)', n, text, hash, evidence)
  state.head = { n, hash }
  state.fresh = n

  return n
}

/** Writes the entry that follows from a fact, if there is one */
export function auditFact (ctx: Context, fact: Fact): void {
  const state = ctx.journal.audit
  state.now = Math.max(state.now, fact.at ?? 0)
  const at = fact.at ?? state.now

  if ((fact.kind === 'envelope-refused' || fact.kind === 'record-kept') && !mayWrite(ctx, fact.kind, fact.site, at)) {
    return
  }

  const entry = auditEntry(fact, at)

  if (entry == null) {
    return
  }

  if (fact.kind === 'envelope-settled' && fact.receipts != null) {
    append(ctx, { ...entry, receipts: keepReceipts(ctx, fact.site, fact.receipts, at) })
  } else {
    append(ctx, entry)
  }
}

/** Number of the entry that holds this batch; written when the first receipt in it settles something */
function keepReceipts (ctx: Context, site: string, signed: Uint8Array, at: number): number {
  const { audit } = ctx.journal

  // the calls of one batch of receipts share one array
  if (audit.receipts?.signed === signed) {
    return audit.receipts.n
  }

  const hash = digest('sha256', signed, 'hex')

  if (audit.receipts?.hash !== hash) {
    audit.receipts = { signed, hash, n: append(ctx, { at, kind: 'receipts', site, sha256: hash }, signed) }
  }

  audit.receipts.signed = signed

  return audit.receipts.n
}

function mayWrite (ctx: Context, of: string, site: string, at: number): boolean {
  const { counted } = ctx.journal.audit
  const key = `${of} ${site}`
  const minute = counted.get(key)

  if (minute == null || at - minute.since >= MINUTE || at < minute.since) {
    if (minute != null && minute.left > 0) {
      append(ctx, { at, kind: 'not-listed', of, site, count: minute.left, since: minute.since })
    }

    if (counted.size >= MAX_COUNTED) {
      counted.clear()
    }

    counted.set(key, { since: at, written: 1, left: 0 })

    return true
  }

  if (minute.written < MAX_A_MINUTE) {
    minute.written++

    return true
  }

  minute.left++

  return false
}

import { PAGE_BYTES, PAGE_ENTRIES } from './index.ts'
import type { AuditCursor, AuditPage } from './index.ts'
import type { Membership } from '../membership/index.ts'
import type { AuditCheckpoint, AuditRow, Store } from '../store/index.ts'

export interface PagesComponents {
  store: Pick<Store, 'auditHead' | 'listAudit' | 'listCheckpoints' | 'listRoster'>
  membership: Pick<Membership, 'self' | 'roster'>
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * The log as lines, a page at a time: who it is of, the roster, then entries with the
 * checkpoints that cover them, then the end. What is there is handed out as it is,
 * right or wrong: verify.ts judges.
 */
export async function page (components: PagesComponents, cursor: AuditCursor | undefined): Promise<AuditPage> {
  const { store, membership: { self, roster } } = components

  if (cursor == null) {
    const { n } = await store.auditHead({})

    return { lines: [JSON.stringify({ kind: 'audit', version: 1, site: self, network: roster.network, genesis: hex(roster.genesis) })], next: { stage: 'roster', at: 0, upTo: n } }
  }

  return cursor.stage === 'roster' ? rosterPage(components, cursor) : entriesPage(components, cursor)
}

async function rosterPage ({ store }: PagesComponents, { at, upTo }: AuditCursor): Promise<AuditPage> {
  const rows = await store.listRoster({ from: at, limit: PAGE_ENTRIES })
  const last = rows.at(-1)

  return {
    lines: rows.map(({ seq, entry }) => JSON.stringify({ kind: 'roster', seq, entry: base64(entry) })),
    next: last == null ? { stage: 'entries', at: 0, upTo } : { stage: 'roster', at: last.seq + 1, upTo }
  }
}

async function entriesPage ({ store }: PagesComponents, { at, upTo }: AuditCursor): Promise<AuditPage> {
  const rows = (await store.listAudit({ after: at, limit: PAGE_ENTRIES, maxBytes: PAGE_BYTES })).filter(({ n }) => n <= upTo)
  const reached = rows.at(-1)?.n ?? upTo
  const checkpoints = await store.listCheckpoints({ from: at === 0 ? 0 : at + 1, limit: PAGE_ENTRIES + 1 })
  const last = rows.length === 0

  return {
    lines: [
      ...merge(rows, last ? checkpoints : checkpoints.filter(({ n }) => n <= reached)),
      ...(last ? [JSON.stringify({ kind: 'end', n: upTo })] : [])
    ],
    ...(last ? {} : { next: { stage: 'entries', at: reached, upTo } })
  }
}

/** Each checkpoint right after the entry that it covers last */
function merge (rows: AuditRow[], checkpoints: AuditCheckpoint[]): string[] {
  const lines: string[] = []
  let next = 0
  const upTo = (n: number): void => {
    while (next < checkpoints.length && checkpoints[next].n <= n) {
      const { n, hash, at, key, signature } = checkpoints[next++]
      lines.push(JSON.stringify({ kind: 'checkpoint', n, hash: hex(hash), at, key: hex(key), signature: hex(signature) }))
    }
  }

  for (const { n, entry, hash, evidence } of rows) {
    upTo(n - 1)
    lines.push(JSON.stringify({ kind: 'entry', n, entry, hash: hex(hash), ...(evidence == null ? {} : { evidence: base64(evidence) }) }))
    upTo(n)
  }

  upTo(Infinity)

  return lines
}

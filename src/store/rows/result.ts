import { attachBody, bodyValues, releaseBlob, toBody } from './body.ts'
import type { BodyColumns } from './body.ts'
import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { StoredBody, StoredResult, WorkStatus } from '../index.ts'

export interface ResultRow extends BodyColumns {
  seq: number
  creator: SiteId
  id: string
  sender: AppId
  recipients: string
  status: WorkStatus
  incarnation: number
  revision: number
  metadata: string
}

/** What transitions need of the version that is there */
export interface ResultHead {
  status: WorkStatus
  incarnation: number
  revision: number
  blob: number | null
}

export function toResult (row: ResultRow): StoredResult {
  return {
    task: { creator: row.creator, id: row.id },
    from: row.sender,
    to: JSON.parse(row.recipients),
    status: row.status,
    metadata: row.metadata,
    body: toBody(row),
    incarnation: row.incarnation,
    revision: row.revision,
    seq: row.seq
  }
}

export function findResult (ctx: Context, task: number, sender: AppId): ResultHead | undefined {
  return ctx.get('SELECT status, incarnation, revision, blob FROM results WHERE task = ? AND sender = ?', task, sender)
}

/** Whether a claim says what the version that is there says already */
export function isSameResult (ctx: Context, task: number, { from, to, status, metadata, body }: Pick<WriteResult, 'from' | 'to' | 'status' | 'metadata' | 'body'>): boolean {
  const row = ctx.get<Pick<ResultRow, 'recipients' | 'status' | 'metadata' | 'sha256'>>('SELECT recipients, status, metadata, sha256 FROM results WHERE task = ? AND sender = ?', task, from)

  return row?.status === status && row.metadata === metadata && row.recipients === JSON.stringify(to) && Buffer.compare(row.sha256, body.sha256) === 0
}

export interface WriteResult {
  seq: number
  task: number
  from: AppId
  to: Array<AppId | SiteId>
  status: WorkStatus
  metadata: string
  body: StoredBody
  incarnation: number
  revision: number
  now: number
}

/** In the place of the version that is there, with a new place in the order of arrival. Returns its body as it rests now. */
export function writeResult (ctx: Context, previous: ResultHead | undefined, result: WriteResult): StoredBody {
  if (previous != null) {
    releaseBlob(ctx, previous.blob)
  }

  const body = attachBody(ctx, result.body)

  ctx.run(`INSERT OR REPLACE INTO results (seq, task, sender, recipients, status, metadata, incarnation, revision, arrived, size, sha256, blob, blob_offset, inline)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  result.seq, result.task, result.from, JSON.stringify(result.to), result.status, result.metadata, result.incarnation, result.revision, result.now,
  ...bodyValues(body))

  return body
}

import type { AppId, SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import type { NewDelivery, OutboxItem } from '../index.ts'

export interface OutboxRow {
  seq: number
  envelope_id: Uint8Array
  site: SiteId
  app: AppId | null
  cancel: number
  seed: Uint8Array | null
  expires: number
  size: number
  creator: SiteId
  id: string
}

/** What `toItem` reads; `o` is the outbox, `t` the task */
export const ITEM_COLUMNS = 'o.seq, o.envelope_id, o.site, o.app, o.cancel, o.seed, o.expires, o.size, t.creator, t.id'

export function toItem (row: OutboxRow): OutboxItem {
  const item: OutboxItem = {
    envelopeId: row.envelope_id,
    site: row.site,
    seed: row.seed ?? new Uint8Array(0),
    seq: row.seq,
    kind: kindOf(row),
    task: { creator: row.creator, id: row.id },
    expires: row.expires,
    size: row.size
  }

  if (row.app != null) {
    item.app = row.app
  }

  return item
}

/** What an envelope carries */
export function kindOf ({ app, cancel }: { app: string | null, cancel: number }): OutboxItem['kind'] {
  if (app != null) {
    return 'result'
  }

  return cancel === 1 ? 'cancel' : 'task'
}

export interface InsertOutbox {
  delivery: NewDelivery
  task: number
  app?: AppId
  /** It is the word that the task was cancelled. @default false */
  cancel?: boolean
  /** For the label: by the clock of the task's creator */
  expires: number
  /** When this site gives up */
  localExpires: number
  size: number
  now: number
}

export function insertOutbox (ctx: Context, { delivery, task, app, cancel = false, expires, localExpires, size, now }: InsertOutbox): void {
  ctx.run(`INSERT INTO outbox (seq, envelope_id, site, task, app, cancel, state, seed, expires, local_expires, size, since)
    VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?)`,
  ctx.nextSeq(), delivery.envelopeId, delivery.site, task, app ?? null, cancel ? 1 : 0, delivery.seed, expires, localExpires, size, now)
}

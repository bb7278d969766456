import type { SiteId } from '../../core/ids.ts'
import type { Context } from '../context.ts'

interface Received {
  site: SiteId
  hash: Uint8Array
  outcome: number
  reason: string
}

export const RECEIVED_SQL = 'SELECT site, hash, outcome, reason FROM received WHERE envelope_id = ?1 AND (?2 IS NULL OR site = ?2)'

export function findReceived (ctx: Context, { envelopeId, site }: { envelopeId: Uint8Array, site?: SiteId }): Received | undefined {
  const row = ctx.get<Received>(RECEIVED_SQL, envelopeId, site ?? null)

  return row == null ? undefined : { ...row }
}

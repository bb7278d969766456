import { note } from '../journal.ts'
import { REFUSED, remember } from '../rows/received.ts'
import type { Context } from '../context.ts'
import type { RecordRefusal } from '../index.ts'

/**
 * Remembers that an envelope was refused for good. No precondition: an answer that
 * was given before stays.
 */
export function recordRefusal (ctx: Context, input: RecordRefusal): void {
  remember(ctx, { envelopeId: input.envelopeId, site: input.site, hash: input.envelopeHash, outcome: REFUSED, reason: input.reason, until: input.dedupUntil })
  note(ctx, { kind: 'envelope-refused', site: input.site, envelope: input.envelopeId, hash: input.envelopeHash, reason: input.reason, ...(input.now == null ? {} : { at: input.now }) })
}

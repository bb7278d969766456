import { verifyReceipts } from '../../envelope/receipts.ts'
import type { DeliveryContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { EnvelopeComponents, ReceiptView } from '../../envelope/index.ts'

/**
 * Verifies signed receipts that came over the link of a site and carries out what
 * they say.
 *
 * @throws {EnvelopeError} when they are not accepted
 */
export type Settle = (via: SiteId, signed: Uint8Array) => Promise<void>

/** Whoever sends to a site: told what became of an envelope */
export interface Sending {
  settled(envelopeId: Uint8Array): void
  refusedForNow(envelopeId: Uint8Array, reason: string): void
}

/**
 * A receipt counts only from the site that the envelope was meant for, signed by the
 * key that the roster gives that site now; the store knows which that is.
 */
export function createSettle (context: DeliveryContext, envelopes: EnvelopeComponents, sending: (site: SiteId) => Sending | undefined): Settle {
  return async (via, signed) => {
    const { from, receipts } = await verifyReceipts(signed, envelopes, { via, now: context.clock.now() })

    // of its own, and one for all: it is kept as evidence
    const evidence = new Uint8Array(signed)

    // many callers, one commit
    await Promise.all(receipts.map(async (receipt) => {
      if (receipt.outcome === 'for-now') {
        context.log.debug({ site: from, reason: receipt.reason }, 'an envelope was refused for now')
        sending(from)?.refusedForNow(receipt.id, receipt.reason)
      } else {
        await settle(context, from, receipt, evidence)
        sending(from)?.settled(receipt.id)
      }
    }))
  }
}

async function settle ({ store, clock, log }: DeliveryContext, site: SiteId, receipt: ReceiptView, receipts: Uint8Array): Promise<void> {
  const refused = receipt.outcome === 'for-good'
  const outcome = await store.settleDelivery({
    envelopeId: receipt.id,
    site,
    hash: receipt.hash,
    outcome: refused ? 'refused' : 'delivered',
    reason: refused ? receipt.reason : undefined,
    now: clock.now(),
    receipts
  })

  if (refused && outcome.kind === 'settled') {
    log.warn({ site, task: outcome.item.task.id, kind: outcome.item.kind, reason: receipt.reason }, 'a site refused an envelope for good')
  }
}

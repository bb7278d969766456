import { signReceipts } from '../../envelope/receipts.ts'
import { RECEIPTS_AT_ONCE } from './limits.ts'
import type { DeliveryContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { ReceiptView } from '../../envelope/index.ts'

/**
 * Receipts for a site that wait for their signature; what comes beyond is not
 * answered, and its sender asks again
 */
const MAX_WAITING = 4_096

interface Queue {
  receipts: ReceiptView[]
  signing: boolean
}

/**
 * Receipts that leave over the control link. What is answered to a site in one tick,
 * or while a signature is being made, shares the next signature: a signature for
 * each envelope would cost as much as opening it.
 */
export class ReceiptsOut {
  readonly #context: DeliveryContext
  readonly #queues = new Map<SiteId, Queue>()

  constructor (context: DeliveryContext) {
    this.#context = context
  }

  add (site: SiteId, receipt: ReceiptView): void {
    const queue = this.#queues.get(site) ?? { receipts: [], signing: false }
    this.#queues.set(site, queue)

    if (queue.receipts.length >= MAX_WAITING) {
      return
    }

    queue.receipts.push(receipt)

    if (!queue.signing) {
      queue.signing = true
      this.#context.clock.setTimeout(() => { void this.#flush(site, queue) }, 0)
    }
  }

  /** One batch for a bulk channel, which carries its own answer */
  async sign (site: SiteId, receipts: ReceiptView[]): Promise<Uint8Array<ArrayBuffer>> {
    const { membership, network, clock } = this.#context

    return signReceipts(membership.signer, { network, to: site, at: clock.now(), receipts })
  }

  async #flush (site: SiteId, queue: Queue): Promise<void> {
    const { links, log } = this.#context

    try {
      while (queue.receipts.length > 0) {
        const receipts = await this.sign(site, queue.receipts.splice(0, RECEIPTS_AT_ONCE))

        if (!links.send(site, { receipts })) {
          log.debug({ site }, 'receipts found no link: the site asks again')
        }
      }
    } catch (err) {
      log.error({ err, site }, 'receipts could not be signed: the site asks again')
    }

    this.#queues.delete(site)
  }
}

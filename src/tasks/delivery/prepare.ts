import { encodeSmall } from '../../envelope/decode.ts'
import { SMALL } from '../../envelope/index.ts'
import { readerAhead } from '../body.ts'
import { innerOf } from './inner.ts'
import type { DeliveryContext } from './context.ts'
import type { SealedEnvelope } from '../../envelope/index.ts'
import type { OutboxContent, OutboxItem } from '../../store/index.ts'

export type Prepared =
  /** Settled, expired or replaced meanwhile */
  | { kind: 'gone' }
  /** The site's record with its encryption keys did not reach us yet */
  | { kind: 'no-key' }
  | { kind: 'small', frame: Uint8Array<ArrayBuffer>, size: number }
  | { kind: 'bulk', sealed: SealedEnvelope }

/**
 * Reads an outbox row, unless its content is at hand, and seals it with the newest key
 * that its recipient has now
 */
export async function prepare ({ self, network, membership, store, seal }: DeliveryContext, item: OutboxItem, known?: OutboxContent): Promise<Prepared> {
  const content = known ?? await store.readOutbox({ envelopeId: item.envelopeId })

  if (content == null) {
    return { kind: 'gone' }
  }

  const recipient = membership.records.encryptionKey(item.site)

  if (recipient == null) {
    return { kind: 'no-key' }
  }

  const { inner, body } = innerOf(content)
  const sealed = await seal({
    network,
    id: item.envelopeId,
    from: self,
    to: item.site,
    expires: item.expires,
    seed: item.seed,
    recipient,
    inner,
    body: readerAhead(store, body)
  })

  if (sealed.size > SMALL) {
    return { kind: 'bulk', sealed }
  }

  const chunks = await Promise.all(Array.from({ length: sealed.chunks }, async (_, index) => sealed.chunk(index)))

  return {
    kind: 'small',
    frame: encodeSmall(sealed.head, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
    size: sealed.size
  }
}

import { UnreachableError } from '../../core/errors.ts'
import { hangUp } from './hang-up.ts'
import { BULK_IDLE } from './limits.ts'
import { readBulk, writeBulk, writeChunk } from './read-bulk.ts'
import { watchdog } from './watchdog.ts'
import type { DeliveryContext } from './context.ts'
import type { SiteId } from '../../core/ids.ts'
import type { SealedEnvelope } from '../../envelope/index.ts'

export interface SendBulkInit {
  site: SiteId
  sealed: SealedEnvelope
  signal: AbortSignal
  onProgress(chunk: number): void
}

/**
 * Offers an envelope, sends the chunks that the recipient has not, and returns its
 * signed receipts.
 *
 * @throws {UnreachableError} when the channel is cut or nothing moves
 */
export async function sendBulk (context: Pick<DeliveryContext, 'links' | 'clock' | 'log'>, init: SendBulkInit): Promise<Uint8Array> {
  const { links, clock } = context
  const { sealed, signal } = init
  const channel = await links.openBulk(init.site, signal)
  const idle = watchdog(clock, BULK_IDLE, () => { channel.abort(new UnreachableError('nothing moved on the bulk channel')) })
  const cut = (): void => { channel.abort(new UnreachableError('the transfer was ended')) }
  signal.addEventListener('abort', cut)
  /** Nothing that was written still waits for room */
  let whole = true

  try {
    signal.throwIfAborted()
    await writeBulk(channel, { offer: { head: sealed.head as Uint8Array<ArrayBuffer> } })
    const first = await readBulk(channel)

    if (first.done != null) {
      return first.done.receipts
    }

    if (first.start == null || first.start.chunk > sealed.chunks) {
      throw new UnreachableError('the recipient of a bulk channel answered neither start nor done')
    }

    // the recipient may refuse in the middle: listen while writing
    const answer = readBulk(channel)
    answer.catch(() => { /* a cut shows in write, or when it is awaited below */ })
    let next = chunkOf(sealed, first.start.chunk)

    for (let index = first.start.chunk; index < sealed.chunks && whole; index++) {
      const data = await next
      next = chunkOf(sealed, index + 1)
      // who answered early reads no more: the write may wait for ever
      whole = await Promise.race([
        writeChunk(channel, data).then(() => true),
        answer.then(() => false)
      ])
      init.onProgress(index + 1)
      idle.fed()
    }

    const last = await answer

    if (last.done == null) {
      throw new UnreachableError('the recipient of a bulk channel did not answer done')
    }

    return last.done.receipts
  } finally {
    idle.stop()
    signal.removeEventListener('abort', cut)

    if (whole) {
      hangUp(context, channel)
    } else {
      channel.abort(new UnreachableError('the recipient needs no more of it'))
    }
  }
}

/** Sealed while the one before is written */
async function chunkOf (sealed: SealedEnvelope, index: number): Promise<Uint8Array> {
  const chunk = index < sealed.chunks ? sealed.chunk(index) : Promise.resolve(new Uint8Array(0))
  chunk.catch(() => { /* thrown where it is awaited; nobody awaits it after a cut */ })

  return chunk
}

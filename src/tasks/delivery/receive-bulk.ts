import { UnreachableError } from '../../core/errors.ts'
import { decodeHead } from '../../envelope/decode.ts'
import { EnvelopeError } from '../../envelope/errors.ts'
import { accept } from './accept.ts'
import { hangUp } from './hang-up.ts'
import { BULK_IDLE, HELD_WHOLE } from './limits.ts'
import { readBulk, writeBulk } from './read-bulk.ts'
import { DiskSink, MemorySink } from './sink.ts'
import { Transfer } from './transfer.ts'
import { watchdog } from './watchdog.ts'
import type { AcceptContext, Verdict } from './accept.ts'
import type { Sink } from './sink.ts'
import type { Watchdog } from './watchdog.ts'
import type { ArrivalOptions, Check, DecodedHead, LabelView, Opening } from '../../envelope/index.ts'
import type { BulkChannel } from '../../network/index.ts'

export interface ReceiveBulkInit {
  channel: BulkChannel
  check: Check
  arrival: ArrivalOptions<Verdict>
  /** Takes a place in the limits: what gives it back, or why there is none */
  enter(label: LabelView): (() => void) | string
  /** Counts a verdict that is a refusal */
  said(label: LabelView, verdict: Verdict): Promise<void>
  sign(label: LabelView, verdict: Verdict): Promise<Uint8Array<ArrayBuffer>>
  /** Counts what a check threw; what to answer, if anything */
  refuse(label: LabelView | undefined, err: unknown): Promise<Verdict | undefined>
}

/**
 * One large envelope: checked like a small one as far as its head goes, then chunk by
 * chunk to disk, each opened before it is stored. After a cut the sender begins where
 * the disk ends; the digest over the whole body is compared before it counts.
 */
export async function receiveBulk (context: AcceptContext, init: ReceiveBulkInit): Promise<void> {
  const { channel } = init
  const idle = watchdog(context.clock, BULK_IDLE, () => { channel.abort(new UnreachableError('nothing moved on the bulk channel')) })
  let label: LabelView | undefined

  try {
    const { offer } = await readBulk(channel)

    if (offer == null) {
      throw new UnreachableError('a bulk channel must begin with an offer')
    }

    const head = decodeHead(offer.head)
    label = head.label
    const verdict = await take(context, init, idle, head)
    await init.said(label, verdict)
    await answer(context, init, label, verdict)
  } catch (err) {
    const verdict = err instanceof UnreachableError ? undefined : await init.refuse(label, err)

    if (verdict == null || label == null) {
      channel.abort(err instanceof Error ? err : new Error(String(err)))
      return
    }

    await answer(context, init, label, verdict).catch((err) => {
      context.log.debug({ err }, 'a refusal found no bulk channel: the sender asks again')
    })
  } finally {
    idle.stop()
  }
}

async function take (context: AcceptContext, init: ReceiveBulkInit, idle: Watchdog, head: DecodedHead): Promise<Verdict> {
  const { check } = init
  const { label } = head
  const checked = await check.head(head, init.arrival)

  if (checked.kind === 'duplicate') {
    return checked.seen
  }

  const leave = init.enter(label)

  if (typeof leave === 'string') {
    return { outcome: 'for-now', reason: leave, hash: label.hash }
  }

  try {
    const transfer = new Transfer(context, checked.opening, await sinkFor(context, checked.opening))
    const verdict = await transfer.receive(init.channel, idle) ?? await transfer.finish()

    if ('outcome' in verdict) {
      await forget(context, checked.opening)
      return verdict
    }

    // the transfer took its time: judged by the roster as it is now
    check.roster(label)

    const accepted = await accept(context, label, verdict.inner, verdict.body)
    // taken over with the body by now, unless that was refused or is small
    await forget(context, checked.opening)

    return accepted
  } catch (err) {
    // a cut, or a disk that is full: what is here is of use. A lie of the sender: it is not.
    if (err instanceof EnvelopeError && err.reply === 'for-good') {
      await forget(context, checked.opening)
    }

    throw err
  } finally {
    leave()
  }
}

async function sinkFor ({ store, clock }: AcceptContext, opening: Opening): Promise<Sink> {
  if (opening.plaintextSize <= HELD_WHOLE) {
    return new MemorySink(opening)
  }

  const { id, from, hash } = opening.label

  return new DiskSink(store, opening, await store.beginInbound({ envelopeId: id, site: from, hash, now: clock.now() }))
}

async function forget ({ store }: AcceptContext, { plaintextSize, label }: Opening): Promise<void> {
  if (plaintextSize > HELD_WHOLE) {
    await store.endInbound({ envelopeId: label.id, keepBlob: false })
  }
}

async function answer (context: AcceptContext, { channel, sign }: ReceiveBulkInit, label: LabelView, verdict: Verdict): Promise<void> {
  await writeBulk(channel, { done: { receipts: await sign(label, verdict) } })
  hangUp(context, channel)
}

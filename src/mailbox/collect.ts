import { decodeHead, encodeSmall } from '../envelope/decode.ts'
import { EnvelopeError } from '../envelope/errors.ts'
import { SMALL } from '../envelope/index.ts'
import { chunkCount } from '../envelope/layout.ts'
import { verifyKeptReceipts } from '../envelope/receipts.ts'
import { signAcknowledgement } from '../protocols/mailbox/acknowledgement.ts'
import { answerTo, MailProtocolError } from '../protocols/mailbox/messages.ts'
import { hex } from '../tasks/delivery/context.ts'
import { Slots } from '../tasks/delivery/slots.ts'
import { watchdog } from '../tasks/delivery/watchdog.ts'
import { MAIL_IDLE, MAX_COLLECTING, MAX_LIES, MAX_MAIL_PAGES } from './limits.ts'
import { MailChannel } from './mail-channel.ts'
import type { MailContext } from './context.ts'
import type { SiteId } from '../core/ids.ts'
import type { DecodedHead, LabelView } from '../envelope/index.ts'
import type { BulkChannel } from '../network/index.ts'
import type { MailEntry } from '../protocols/mailbox/pb/mailbox.ts'

export interface CollectInit {
  keeper: SiteId
  signal: AbortSignal
  /** The keeper said what cannot be true */
  onLie(what: string): void
  /** The bytes of an envelope are not those that its label promises: the keeper's doing or the sender's, nobody can tell */
  onSpoilt(what: string): void
  /** An envelope reached its end here: stored, or refused for good */
  onCollected(): void
}

const SPOILT = 'the bytes of an envelope are not those that its sender sealed'

interface Round extends CollectInit {
  /** Sender and id of what was listed in this round */
  listed: Set<string>
  /** Something came */
  moved(): void
}

/**
 * What is to do with one entry: `done` may be deleted at the keeper, `later` stays
 * there, `lie` is nothing that an honest keeper shows. Bytes that do not open are `done`: a
 * sender that leaves such must not keep the mail of others behind them.
 */
type Outcome = 'done' | 'later' | 'lie'

/**
 * One round: every page, each envelope judged as if its sender had brought it, each page
 * acknowledged when all that it names is on disk. Whatever the keeper answers, the
 * round ends, and takes nothing that the sender did not sign for this site.
 *
 * @throws {UnreachableError | MailProtocolError}
 */
export async function collect (context: MailContext, init: CollectInit): Promise<void> {
  const { streams } = context
  const channel = await streams.openMail(init.keeper, init.signal)
  const idle = watchdog(context.clock, MAIL_IDLE, () => { channel.abort(new Error('the keeper says nothing')) })
  const cut = (): void => { channel.abort(init.signal.reason) }
  init.signal.addEventListener('abort', cut)

  try {
    await pages(context, { ...init, listed: new Set(), moved: idle.fed }, channel)
    await channel.close()
  } catch (err) {
    channel.abort(err instanceof Error ? err : new Error(String(err)))
    throw err
  } finally {
    idle.stop()
    init.signal.removeEventListener('abort', cut)
  }
}

async function pages (context: MailContext, init: Round, channel: BulkChannel): Promise<void> {
  let after = 0
  let lies = 0

  for (let page = 0; page < MAX_MAIL_PAGES && lies < MAX_LIES; page++) {
    const { listing } = await answerTo(channel, { list: { after } })

    // it keeps none (any more), or has no time now
    if (listing == null) {
      return
    }

    const known = after

    if (!listing.entries.every(({ place }, index) => Number.isSafeInteger(place) && place > (listing.entries[index - 1]?.place ?? known))) {
      throw new MailProtocolError('the places of a listing must rise')
    }

    const { done, lies: more } = await takePage(context, init, channel, listing.entries, MAX_LIES - lies)
    lies += more
    await acknowledge(context, init.keeper, channel, done)

    if (!listing.more || listing.entries.length === 0) {
      return
    }

    after = listing.entries[listing.entries.length - 1].place
  }

  init.onLie('a listing without an end, or one full of what cannot be')
}

async function takePage (context: MailContext, init: Round, channel: BulkChannel, entries: MailEntry[], patience: number): Promise<{ done: LabelView[], lies: number }> {
  const slots = new Slots(MAX_COLLECTING)
  const done: LabelView[] = []
  const opening: Array<Promise<void>> = []
  let lies = 0

  const note = (outcome: Outcome, label?: LabelView): void => {
    lies += outcome === 'lie' ? 1 : 0

    if (outcome === 'done' && label != null) {
      done.push(label)
    }
  }

  try {
    for (const entry of entries) {
      if (lies >= patience) {
        break
      }

      const judged = await judge(context, init, entry)
      init.moved()

      if (judged.head == null) {
        note(judged.outcome, judged.label)
      } else if (judged.head.label.size > SMALL) {
        note(await takeLarge(context, init, entry, judged.head), judged.head.label)
      } else {
        const { head } = judged
        const data = await fetchSmall(channel, entry, head.label)

        if (data == null) {
          continue
        }

        const release = await slots.take()
        opening.push(openSmall(context, init, entry, head, data).then((outcome) => { note(outcome, head.label) }).finally(release))
      }
    }
  } finally {
    await Promise.allSettled(opening)
  }

  await Promise.all(opening)

  return { done, lies }
}

/** All that the head alone tells. Only an envelope that its sender signed for this site is fetched */
async function judge (context: MailContext, init: Round, entry: MailEntry): Promise<{ head: DecodedHead } | { head?: undefined, outcome: Outcome, label?: LabelView }> {
  const { post, clock, store } = context
  const { keeper, onLie, onCollected, listed } = init
  let label: LabelView | undefined

  try {
    const head = decodeHead(entry.head)
    label = head.label
    post.check.addressee(label)
    post.check.network(label)
    const signingKey = post.check.roster(label)
    post.check.expiry(label, clock.now())
    await post.check.signature(head, signingKey, { via: keeper, now: clock.now() })
    const name = `${label.from}/${hex(label.id)}`

    if (listed.has(name)) {
      onLie('the same envelope was listed twice')

      return { outcome: 'lie' }
    }

    listed.add(name)
    const known = await store.findReceived({ envelopeId: label.id, site: label.from })

    if (known != null) {
      onCollected()

      return { outcome: 'done', label }
    }

    return { head }
  } catch (err) {
    if (!(err instanceof EnvelopeError)) {
      throw err
    }

    switch (err.code) {
      case 'expired':
        return { outcome: 'done', label }
      case 'not-member':
        return notMember(context, label)
      // the keeper, or the sender, may be newer than this daemon
      case 'too-far-ahead':
      case 'unsupported':
        return { outcome: 'later' }
      default:
        onLie(err.message)

        return { outcome: 'lie' }
    }
  }
}

/** Of a revoked site it may go; of one whose admission begins or is renewed later, or that this site has not heard of yet, it stays */
function notMember ({ membership }: MailContext, label?: LabelView): { outcome: Outcome, label?: LabelView } {
  return label != null && membership.roster.standing(label.from) === 'revoked' ? { outcome: 'done', label } : { outcome: 'later' }
}

/** Undefined when it is gone: another daemon of this site, or time, was faster */
async function fetchSmall (channel: BulkChannel, { place }: MailEntry, label: LabelView): Promise<Uint8Array | undefined> {
  const { data, refused } = await answerTo(channel, { fetch: { place, chunk: 0 } })

  if (refused != null) {
    return
  }

  if (data.byteLength !== label.size) {
    throw new MailProtocolError('the keeper gave another number of bytes than the label says')
  }

  return data
}

async function openSmall ({ post, store }: MailContext, { keeper, onSpoilt, onCollected }: Round, entry: MailEntry, head: DecodedHead, data: Uint8Array): Promise<Outcome> {
  const verdict = await post.small(keeper, encodeSmall(entry.head, data))

  if (verdict === 'unopenable') {
    // the signature is the sender's, the bytes behind it are not
    onSpoilt(SPOILT)

    return 'done'
  }

  if (verdict == null) {
    // a direct copy was faster; else nothing is known of it, and it must not be signed for
    return await store.findReceived({ envelopeId: head.label.id, site: head.label.from }) == null ? 'later' : 'done'
  }

  if (verdict.outcome === 'for-now') {
    return 'later'
  }

  onCollected()

  return 'done'
}

/** Over a session of its own, so that a stop in the middle costs no more than that */
async function takeLarge (context: MailContext, { keeper, signal, onSpoilt, onCollected, moved }: Round, entry: MailEntry, { label }: DecodedHead): Promise<Outcome> {
  const { streams, post, membership, network, self, verify, links } = context
  const channel = await streams.openMail(keeper, signal)
  const cut = (): void => { channel.abort(signal.reason) }
  signal.addEventListener('abort', cut)

  try {
    const mail = new MailChannel(channel, { place: entry.place, head: entry.head, chunks: chunkCount(label.size), moved })
    await post.bulk(keeper, mail)

    if (mail.error instanceof EnvelopeError && mail.error.code === 'unopenable') {
      onSpoilt(SPOILT)

      return 'done'
    }

    if (mail.receipts == null) {
      return 'later'
    }

    const [receipt] = await verifyKeptReceipts(mail.receipts, { network, self: label.from, from: self, keys: [membership.signer.publicKey], verify })

    if (receipt.outcome === 'for-now') {
      return 'later'
    }

    // the sender may be here again; else it asks once more, and gets the same answer
    links.send(label.from, { receipts: new Uint8Array(mail.receipts) })
    onCollected()

    return 'done'
  } finally {
    signal.removeEventListener('abort', cut)
    channel.abort(new Error('nothing more is needed'))
  }
}

async function acknowledge ({ membership, network, clock }: MailContext, keeper: SiteId, channel: BulkChannel, done: LabelView[]): Promise<void> {
  if (done.length === 0) {
    return
  }

  const mail = done.map(({ from, id, hash }) => ({ sender: from, envelopeId: id, hash }))
  const signed = await signAcknowledgement(membership.signer, { network, keeper, at: Math.floor(clock.now()), mail })
  const answer = await answerTo(channel, { acknowledge: signed })

  if (answer.deleted == null) {
    throw new MailProtocolError('the keeper answered an acknowledgement with something else')
  }
}

import { UnreachableError } from '../core/errors.ts'
import { readFields } from '../envelope/fields.ts'
import { MAX_MAIL_REASON } from '../protocols/mailbox/constants.ts'
import { answerTo, MailProtocolError, readMail, writeMail } from '../protocols/mailbox/messages.ts'
import { BULK_IDLE } from '../tasks/delivery/limits.ts'
import { watchdog } from '../tasks/delivery/watchdog.ts'
import { LEAVE_TURN } from './limits.ts'
import type { MailContext } from './context.ts'
import type { SiteId } from '../core/ids.ts'
import type { SealedEnvelope } from '../envelope/index.ts'
import type { BulkChannel } from '../network/index.ts'
import type { MailboxMessage } from '../protocols/mailbox/pb/mailbox.ts'
import type { OutboxItem } from '../store/index.ts'

/** What became of one envelope at one keeper */
export type Left =
  /** `until`: so long the keeper keeps it, as it says, Unix ms */
  | { kind: 'stored', until: number }
  | { kind: 'refused', reason: string }
  /** Settled meanwhile, or its recipient's key is not known yet */
  | { kind: 'skipped' }

/**
 * Offers envelopes to a keeper, one after the other over one session.
 * `said` is called with each answer; when it returns false the rest is not offered.
 * False when its turn was over before all was said: the rest goes on from there.
 *
 * @throws {UnreachableError | MailProtocolError}
 */
export async function leaveAt (context: MailContext, keeper: SiteId, items: OutboxItem[], said: (item: OutboxItem, left: Left) => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  const { streams, post, clock } = context
  const channel = await streams.openMail(keeper, signal)
  const idle = watchdog(clock, BULK_IDLE, () => { channel.abort(new UnreachableError('the keeper did not answer')) })
  const cut = (): void => { channel.abort(new UnreachableError('the daemon stops')) }
  signal.addEventListener('abort', cut)
  let over = false
  const turn = clock.setTimeout(() => {
    over = true
    channel.abort(new UnreachableError('others wait for their turn'))
  }, LEAVE_TURN)

  try {
    for (const item of items) {
      signal.throwIfAborted()
      const prepared = await post.prepare(item)
      let left: Left = { kind: 'skipped' }

      if (prepared.kind === 'small') {
        const [head, data] = readFields(prepared.frame, 2) as Array<Uint8Array<ArrayBuffer>>
        left = leftBy(await answerTo(channel, { deposit: { head, data } }))
      } else if (prepared.kind === 'bulk') {
        left = await leaveLarge(channel, prepared.sealed, idle.fed)
      }

      idle.fed()

      // a keeper that stopped a large one in the middle still has chunks on the way to it
      if (!await said(item, left) || (prepared.kind === 'bulk' && left.kind === 'refused')) {
        break
      }
    }

    await channel.close()
  } catch (err) {
    channel.abort(err instanceof Error ? err : new Error(String(err)))

    if (!over) {
      throw err
    }
  } finally {
    turn.cancel()
    idle.stop()
    signal.removeEventListener('abort', cut)
  }

  return !over
}

async function leaveLarge (channel: BulkChannel, sealed: SealedEnvelope, moved: () => void): Promise<Left> {
  const first = await answerTo(channel, { deposit: { head: sealed.head as Uint8Array<ArrayBuffer>, data: new Uint8Array(0) } })

  if (first.go == null) {
    return leftBy(first)
  }

  if (first.go.chunk >= sealed.chunks) {
    throw new MailProtocolError('the keeper asks for a chunk that there is not')
  }

  // it may refuse in the middle: listen while writing
  const answer = readMail(channel)
  answer.catch(() => { /* a cut shows in write, or where it is awaited below */ })
  let whole = true

  for (let index = first.go.chunk; index < sealed.chunks && whole; index++) {
    const data = await sealed.chunk(index)
    whole = await Promise.race([writeMail(channel, { data: data as Uint8Array<ArrayBuffer> }).then(() => true), answer.then(() => false)])
    moved()
  }

  const last = await answer

  if (last == null) {
    throw new UnreachableError('the keeper ended the session')
  }

  return leftBy(last)
}

function leftBy ({ stored, refused }: MailboxMessage): Left {
  if (stored != null) {
    return { kind: 'stored', until: stored.until }
  }

  if (refused != null) {
    return { kind: 'refused', reason: /^[a-z0-9-]+$/.test(refused.reason) ? refused.reason.slice(0, MAX_MAIL_REASON) : 'unreadable' }
  }

  throw new MailProtocolError('the keeper answered a deposit neither with a yes nor with a no')
}

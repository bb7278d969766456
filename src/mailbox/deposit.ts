import { decodeHead } from '../envelope/decode.ts'
import { EnvelopeError } from '../envelope/errors.ts'
import { CLOCK_SKEW } from '../envelope/index.ts'
import { chunkCount, sealedChunkLength } from '../envelope/layout.ts'
import { MailProtocolError, readMail, writeMail } from '../protocols/mailbox/messages.ts'
import { MAIL_WRITES } from './limits.ts'
import { MailRefusal } from './refusal.ts'
import type { MailContext } from './context.ts'
import type { SiteId } from '../core/ids.ts'
import type { DecodedHead } from '../envelope/index.ts'
import type { BulkChannel } from '../network/index.ts'
import type { MailDeposit } from '../protocols/mailbox/pb/mailbox.ts'
import type { AppendMailOutcome } from '../store/index.ts'

export interface Deposited {
  to: SiteId
  /** Unix ms */
  until: number
}

/**
 * Takes one envelope: all that can be checked without reading it is checked, and the
 * yes leaves when every byte is on disk.
 *
 * @throws {MailRefusal | MailProtocolError | UnreachableError}
 */
export async function takeDeposit (context: MailContext, site: SiteId, channel: BulkChannel, deposit: MailDeposit, moved: () => void): Promise<Deposited> {
  const { store, clock, config } = context
  const { head, signingKey } = judge(context, site, deposit.head)
  const { label } = head
  const inline = deposit.data.byteLength > 0

  if (inline && deposit.data.byteLength !== label.size) {
    throw new MailRefusal('malformed', `the ciphertext has ${deposit.data.byteLength} bytes, its label says ${label.size}`)
  }

  await asRefusal(async () => context.post.check.signature(head, signingKey, { via: site, now: clock.now() }))
  const now = clock.now()
  // the signature took its time: judged by the roster as it is now
  judge(context, site, deposit.head)
  const begun = await store.mailBegin({
    sender: site,
    recipient: label.to,
    envelopeId: label.id,
    hash: label.hash,
    head: new Uint8Array(deposit.head),
    size: label.size,
    ...(inline ? { data: new Uint8Array(deposit.data) } : {}),
    keepUntil: Math.floor(Math.min(label.expires + CLOCK_SKEW, now + config.keep)),
    now: Math.floor(now),
    quota: config
  })

  if (begun.kind === 'full') {
    throw new MailRefusal(begun.reason)
  }

  if (begun.kind === 'stored') {
    return { to: label.to, until: begun.until }
  }

  await writeMail(channel, { go: { chunk: begun.chunk } })
  const until = await takeChunks(context, channel, { place: begun.place, chunk: begun.chunk, size: label.size, moved })

  return { to: label.to, until }
}

/** Everything but the signature, in the order of the recipient's checks */
function judge ({ network, self, membership, post, clock, config }: MailContext, site: SiteId, bytes: Uint8Array): { head: DecodedHead, signingKey: Uint8Array } {
  const head = asRefusalNow(() => decodeHead(bytes))
  const { label } = head

  if (label.from !== site) {
    throw new MailRefusal('not-yours', `${site} cannot leave mail of ${label.from}`)
  }

  const signingKey = asRefusalNow(() => {
    const key = post.check.roster(label)
    post.check.network(label)
    post.check.expiry(label, clock.now())

    return key
  })

  if (label.to === self) {
    throw new MailRefusal('for-me', `mail for ${self} is delivered, not left, here in ${network}`)
  }

  if (membership.roster.standing(label.to) !== 'member') {
    throw new MailRefusal('no-member', `${label.to} is no member now`)
  }

  if (label.size > config.maxMail) {
    throw new MailRefusal('mail-too-large', `at most ${config.maxMail} bytes are kept, not ${label.size}`)
  }

  return { head, signingKey }
}

/** Chunk by chunk to disk, a few writes at a time; a cut goes on from there */
async function takeChunks ({ store, clock }: MailContext, channel: BulkChannel, { place, chunk, size, moved }: { place: number, chunk: number, size: number, moved(): void }): Promise<number> {
  const chunks = chunkCount(size)
  const writes: Array<Promise<AppendMailOutcome>> = []
  let until: number | undefined

  const settle = async (): Promise<void> => {
    const outcome = await writes.shift()

    if (outcome?.kind === 'gone') {
      throw new MailRefusal('busy', 'another session brings the same envelope')
    }

    until = outcome?.kind === 'stored' ? outcome.until : until
  }

  try {
    for (let index = chunk; index < chunks; index++) {
      const message = await readMail(channel)
      moved()

      if (message?.data.byteLength !== sealedChunkLength(size, index)) {
        throw new MailProtocolError(`chunk ${index} must have ${sealedChunkLength(size, index)} bytes`)
      }

      const write = store.mailAppend({ place, chunk: index, data: new Uint8Array(message.data), last: index === chunks - 1, now: Math.floor(clock.now()) })
      write.catch(() => { /* thrown where it is awaited */ })
      writes.push(write)

      if (writes.length >= MAIL_WRITES) {
        await settle()
      }
    }

    while (writes.length > 0) {
      await settle()
    }
  } finally {
    // who resumes must find what was written, not race it
    await Promise.allSettled(writes)
  }

  if (until == null) {
    throw new MailRefusal('busy', 'another session brings the same envelope')
  }

  return until
}

async function asRefusal<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (err) {
    throw err instanceof EnvelopeError ? new MailRefusal(err.code, err.message) : err
  }
}

function asRefusalNow<T> (work: () => T): T {
  try {
    return work()
  } catch (err) {
    throw err instanceof EnvelopeError ? new MailRefusal(err.code, err.message) : err
  }
}

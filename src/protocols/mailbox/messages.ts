import { UnreachableError } from '../../core/errors.ts'
import { hasAtMostFields } from '../../envelope/fields.ts'
import { MAX_MAIL_FIELDS } from './constants.ts'
import { MailboxMessage } from './pb/mailbox.ts'
import type { BulkChannel } from '../../network/index.ts'

/** The peer broke the protocol: nothing that it said in this session counts any more */
export class MailProtocolError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'MailProtocolError'
  }
}

/**
 * The next message of a session; undefined when the peer closed it
 *
 * @throws {UnreachableError} when it was cut
 * @throws {MailProtocolError} when it is no message
 */
export async function readMail (channel: BulkChannel): Promise<MailboxMessage | undefined> {
  const bytes = await asCut(channel.read())

  if (bytes == null) {
    return
  }

  if (!hasAtMostFields(bytes, MAX_MAIL_FIELDS)) {
    throw new MailProtocolError('a message of a mailbox session has too many fields')
  }

  try {
    return MailboxMessage.decode(bytes)
  } catch {
    // whatever the decoder says about it, these are the peer's bytes
    throw new MailProtocolError('a message of a mailbox session does not decode')
  }
}

/**
 * The answer to what was asked
 *
 * @throws {UnreachableError | MailProtocolError}
 */
export async function answerTo (channel: BulkChannel, message: Partial<MailboxMessage>): Promise<MailboxMessage> {
  await writeMail(channel, message)
  const answer = await readMail(channel)

  if (answer == null) {
    throw new UnreachableError('the mailbox ended the session')
  }

  return answer
}

/** @throws {UnreachableError} */
export async function writeMail (channel: BulkChannel, message: Partial<MailboxMessage>): Promise<void> {
  await asCut(channel.write(MailboxMessage.encode(message)))
}

async function asCut<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (err) {
    throw new UnreachableError('the mailbox session was cut', { cause: err })
  }
}

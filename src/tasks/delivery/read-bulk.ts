import { UnreachableError } from '../../core/errors.ts'
import { EnvelopeError } from '../../envelope/errors.ts'
import { BulkMessage } from '../../protocols/bulk/pb/bulk.ts'
import type { BulkChannel } from '../../network/index.ts'

/**
 * The next message of a bulk channel; whatever ends it early is a cut, to be resumed
 *
 * @throws {UnreachableError}
 * @throws {EnvelopeError} `malformed` when it is no message
 */
export async function readBulk (channel: BulkChannel): Promise<BulkMessage> {
  const message = await asCut(channel.read())

  if (message == null) {
    throw new UnreachableError('the bulk channel ended early')
  }

  try {
    return BulkMessage.decode(message)
  } catch {
    // whatever the decoder says about it, these are the peer's bytes
    throw new EnvelopeError('malformed', 'a message of the bulk channel does not decode')
  }
}

/** @throws {UnreachableError} */
export async function writeBulk (channel: BulkChannel, message: Partial<BulkMessage>): Promise<void> {
  await asCut(channel.write(BulkMessage.encode(message)))
}

async function asCut<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (err) {
    throw new UnreachableError('the bulk channel was cut', { cause: err })
  }
}

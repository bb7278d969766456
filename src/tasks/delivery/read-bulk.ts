import { UnreachableError } from '../../core/errors.ts'
import { EnvelopeError } from '../../envelope/errors.ts'
import { BulkMessage } from '../../protocols/bulk/pb/bulk.ts'
import { dataHead, dataOf } from './bulk-data.ts'
import type { BulkChannel } from '../../network/index.ts'

const ENDED = 'the bulk channel ended early'

/**
 * The next message of a bulk channel; whatever ends it early is a cut, to be resumed
 *
 * @throws {UnreachableError}
 * @throws {EnvelopeError} `malformed` when it is no message
 */
export async function readBulk (channel: BulkChannel): Promise<BulkMessage> {
  const message = await asCut(channel.read())

  if (message == null) {
    throw new UnreachableError(ENDED)
  }

  return decode(message)
}

function decode (message: Uint8Array): BulkMessage {
  try {
    return BulkMessage.decode(message)
  } catch {
    // whatever the decoder says about it, these are the peer's bytes
    throw new EnvelopeError('malformed', 'a message of the bulk channel does not decode')
  }
}

/**
 * The next chunk, in the pieces in which it came
 *
 * @throws {UnreachableError}
 * @throws {EnvelopeError} `malformed` when it is no message
 */
export async function readChunk (channel: BulkChannel): Promise<Uint8Array[]> {
  const pieces = await asCut(channel.readPieces())

  if (pieces == null) {
    throw new UnreachableError(ENDED)
  }

  return dataOf(pieces) ?? [decode(Buffer.concat(pieces)).data]
}

/** @throws {UnreachableError} */
export async function writeChunk (channel: BulkChannel, chunk: Uint8Array): Promise<void> {
  await asCut(channel.write(dataHead(chunk.byteLength), chunk))
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

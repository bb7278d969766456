import { createHash } from 'node:crypto'
import { InvalidInputError } from '../core/errors.ts'
import { BODY_STEP, MAX_TEXT_BODY, WHOLE_BODY, WRITE_STEP } from './limits.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { BodyReader } from '../envelope/index.ts'
import type { Store, StoredBody } from '../store/index.ts'

interface Components { store: Store, clock: Clock, config: { tasks: Pick<Config['tasks'], 'maxBody'> } }

/** Steps that are read or written at the same time: they share a commit, or a turn of the store's thread */
const AT_ONCE = 4

/**
 * Bodies of ordinary size go with their row, in one commit. Large ones are written as a
 * blob first, in steps, so that hashing and copying 64 MiB never holds up anybody else.
 *
 * @throws {InvalidInputError}
 */
export async function storeBody ({ store, clock, config }: Components, text: string): Promise<StoredBody> {
  const bytes = Buffer.from(text, 'utf8')

  const longest = Math.min(config.tasks.maxBody, MAX_TEXT_BODY)

  if (bytes.byteLength > longest) {
    throw new InvalidInputError('body', `must be at most ${longest} bytes, not ${bytes.byteLength}`)
  }

  const hash = createHash('sha256')

  if (bytes.byteLength <= WHOLE_BODY) {
    return { size: bytes.byteLength, sha256: hash.update(bytes).digest(), inline: bytes }
  }

  const blob = await store.createBlob({ now: clock.now() })

  for (let start = 0; start < bytes.byteLength; start += AT_ONCE * WRITE_STEP) {
    await Promise.all(stepsOf(start, bytes.byteLength, WRITE_STEP).map(async (offset) => {
      const data = bytes.subarray(offset, offset + WRITE_STEP)
      const written = store.appendBlob({ blob, offset, data })
      hash.update(data)

      return written
    }))
  }

  return { size: bytes.byteLength, sha256: hash.digest(), blob: { id: blob, offset: 0 } }
}

/** Bytes that are at hand: what is too long for a row becomes a blob in the commit that stores it */
export function keepBytes (bytes: Uint8Array, sha256: Uint8Array): StoredBody {
  return { size: bytes.byteLength, sha256, inline: bytes }
}

export async function readBytes (store: Store, body: StoredBody): Promise<Uint8Array> {
  if (body.inline != null) {
    return body.inline
  }

  const read = bodyReader(store, body)
  const whole = Buffer.allocUnsafe(body.size)

  for (let start = 0; start < body.size; start += AT_ONCE * BODY_STEP) {
    await Promise.all(stepsOf(start, body.size, BODY_STEP).map(async (offset) => {
      whole.set(await read(offset, Math.min(BODY_STEP, body.size - offset)), offset)
    }))
  }

  return whole
}

export function bodyReader (store: Store, body: StoredBody): BodyReader {
  return async (offset, length) => {
    if (body.inline != null) {
      return body.inline.subarray(offset, offset + length)
    }

    if (body.blob == null) {
      throw new Error('a stored body has neither bytes nor a blob')
    }

    return store.readBlob({ blob: body.blob.id, offset: body.blob.offset + offset, length })
  }
}

function stepsOf (start: number, size: number, step: number): number[] {
  const count = Math.min(AT_ONCE, Math.ceil((size - start) / step))

  return Array.from({ length: count }, (_, index) => start + index * step)
}

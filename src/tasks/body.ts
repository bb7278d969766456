import { createHash } from 'node:crypto'
import { InvalidInputError } from '../core/errors.ts'
import { MAX_BODY } from '../envelope/index.ts'
import { INLINE_BODY } from '../store/index.ts'
import { BODY_STEP } from './limits.ts'
import type { Clock } from '../core/clock.ts'
import type { BodyReader } from '../envelope/index.ts'
import type { Store, StoredBody } from '../store/index.ts'

interface Components { store: Store, clock: Clock }

/**
 * Small bodies stay with their row. Large ones are written as a blob first, in
 * steps, so that hashing and copying 64 MiB never holds up anybody else.
 *
 * @throws {InvalidInputError}
 */
export async function storeBody ({ store, clock }: Components, text: string): Promise<StoredBody> {
  const bytes = Buffer.from(text, 'utf8')

  if (bytes.byteLength > MAX_BODY) {
    throw new InvalidInputError('body', `must be at most ${MAX_BODY} bytes, not ${bytes.byteLength}`)
  }

  const hash = createHash('sha256')

  if (bytes.byteLength <= INLINE_BODY) {
    return { size: bytes.byteLength, sha256: hash.update(bytes).digest(), inline: bytes }
  }

  const blob = await store.createBlob({ now: clock.now() })

  for (let offset = 0; offset < bytes.byteLength; offset += BODY_STEP) {
    const data = bytes.subarray(offset, offset + BODY_STEP)
    hash.update(data)
    await store.appendBlob({ blob, offset, data })
  }

  return { size: bytes.byteLength, sha256: hash.digest(), blob: { id: blob, offset: 0 } }
}

/** Puts bytes that are at hand where bodies of their size live */
export async function keepBytes ({ store, clock }: Components, bytes: Uint8Array, sha256: Uint8Array): Promise<StoredBody> {
  if (bytes.byteLength <= INLINE_BODY) {
    return { size: bytes.byteLength, sha256, inline: bytes }
  }

  const blob = await store.createBlob({ now: clock.now() })
  await store.appendBlob({ blob, offset: 0, data: bytes })

  return { size: bytes.byteLength, sha256, blob: { id: blob, offset: 0 } }
}

export async function readBody (store: Store, body: StoredBody): Promise<string> {
  if (body.inline != null) {
    return text(body.inline)
  }

  const read = bodyReader(store, body)
  const whole = Buffer.allocUnsafe(body.size)

  for (let offset = 0; offset < body.size; offset += BODY_STEP) {
    whole.set(await read(offset, Math.min(BODY_STEP, body.size - offset)), offset)
  }

  return text(whole)
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

function text (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

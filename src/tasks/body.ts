import { createHash } from 'node:crypto'
import { InvalidInputError } from '../core/errors.ts'
import { release } from '../store/messages.ts'
import { MAX_TEXT_BODY, READ_AHEAD, WHOLE_BODY, WRITE_STEP } from './limits.ts'
import type { Config } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { BodyReader } from '../envelope/index.ts'
import type { Store, StoredBody } from '../store/index.ts'

interface Components { store: Store, clock: Clock, config: { tasks: Pick<Config['tasks'], 'maxBody'> } }

/** Steps that are written at the same time: they share a commit */
const AT_ONCE = 4

/**
 * Bodies of ordinary size go with their row, in one commit. Large ones are written as a
 * blob first, in steps, so that hashing and copying 64 MiB never holds up anybody else.
 *
 * @throws {InvalidInputError}
 */
export async function storeBody ({ store, clock, config }: Components, text: string | Uint8Array): Promise<StoredBody> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text

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

/** What was stored just now, for who sends it: with the bytes of a large body that are still in memory */
export function committed<T extends { body: StoredBody }> (stored: T, text: string | Uint8Array, given: StoredBody): { content: T, lent?: Uint8Array } {
  const bytes = given.inline ?? (typeof text === 'string' ? undefined : text)

  if (stored.body.blob == null || bytes == null || bytes.byteLength === 0) {
    return { content: stored }
  }

  return { content: { ...stored, body: { size: stored.body.size, sha256: stored.body.sha256, inline: bytes } }, lent: bytes }
}

/** Bytes that are at hand: what is too long for a row becomes a blob in the commit that stores it */
export function keepBytes (bytes: Uint8Array, sha256: Uint8Array): StoredBody {
  return { size: bytes.byteLength, sha256, inline: bytes }
}

export async function readBytes (store: Store, body: StoredBody): Promise<Uint8Array> {
  if (body.inline != null) {
    return body.inline
  }

  const { size, blob } = body

  if (blob == null) {
    throw new Error(LOST)
  }

  if (size <= READ_AHEAD) {
    return store.readBlob({ blob: blob.id, offset: blob.offset, length: size })
  }

  const whole = Buffer.allocUnsafe(size)

  for (let at = 0; at < size;) {
    const piece = await store.readBlob({ blob: blob.id, offset: blob.offset + at, length: Math.min(untilBoundary(blob.offset + at), size - at) })
    whole.set(piece, at)
    at += piece.byteLength
    release(piece)
  }

  return whole
}

const LOST = 'a stored body has neither bytes nor a blob'

/** Reads that end where rows of a blob end: one that straddles two would read both of them whole */
function untilBoundary (offset: number): number {
  return READ_AHEAD - offset % READ_AHEAD
}

/**
 * For who reads in order, one piece after the other was used, in pieces that straddle rows
 * of the blob: reads as they lie, and keeps what is asked for next. What was returned is
 * good until the next but one is asked for.
 */
export function readerAhead (store: Store, body: StoredBody): BodyReader {
  const { size, blob } = body

  if (blob == null) {
    return bodyReader(store, body)
  }

  let kept: { start: number, bytes: Promise<Uint8Array> } | undefined

  async function from (at: number, length: number): Promise<Uint8Array> {
    const { id, offset } = blob as NonNullable<typeof blob>
    const start = Math.max(0, at - (offset + at) % READ_AHEAD)

    if (kept?.start !== start) {
      // what was read before is sealed or copied by now
      void kept?.bytes.then(release, () => { /* thrown to who asked for it */ })
      const bytes = store.readBlob({ blob: id, offset: offset + start, length: Math.min(untilBoundary(offset + start), size - start) })
      kept = { start, bytes }
      bytes.catch(() => { kept = undefined })
    }

    const { bytes } = kept

    return (await bytes).subarray(at - start, at - start + length)
  }

  return async (offset, length) => {
    const end = Math.min(offset + length, size)
    const first = await from(offset, end - offset)

    if (first.byteLength >= end - offset) {
      return first
    }

    const out = new Uint8Array(end - offset)
    out.set(first)

    for (let at = first.byteLength; at < out.byteLength;) {
      const more = await from(offset + at, out.byteLength - at)

      if (more.byteLength === 0) {
        throw new Error(`the blob of a body ends at ${offset + at} of ${size} bytes`)
      }

      out.set(more, at)
      at += more.byteLength
    }

    return out
  }
}

export function bodyReader (store: Store, body: StoredBody): BodyReader {
  return async (offset, length) => {
    if (body.inline != null) {
      return body.inline.subarray(offset, offset + length)
    }

    if (body.blob == null) {
      throw new Error(LOST)
    }

    return store.readBlob({ blob: body.blob.id, offset: body.blob.offset + offset, length })
  }
}

function stepsOf (start: number, size: number, step: number): number[] {
  const count = Math.min(AT_ONCE, Math.ceil((size - start) / step))

  return Array.from({ length: count }, (_, index) => start + index * step)
}

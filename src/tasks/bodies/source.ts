import { bodyReader } from '../body.ts'
import { BODY_STEP } from '../limits.ts'
import type { BodySource } from './index.ts'
import type { Store, StoredBody } from '../../store/index.ts'

export function bodySource (store: Store, body: StoredBody): BodySource {
  const read = bodyReader(store, body)

  return {
    size: body.size,
    sha256: body.sha256,
    read: (offset, length) => pieces(read, offset, length)
  }
}

/** One piece is read while the one before is written */
async function * pieces (read: ReturnType<typeof bodyReader>, offset: number, length: number): AsyncGenerator<Uint8Array> {
  const end = offset + length
  const piece = async (at: number): Promise<Uint8Array> => {
    const reading = at < end ? read(at, Math.min(BODY_STEP, end - at)) : Promise.resolve(new Uint8Array(0))
    reading.catch(() => { /* thrown where it is awaited; nobody awaits it after a cut */ })

    return reading
  }
  let next = piece(offset)

  for (let at = offset; at < end; at += BODY_STEP) {
    const bytes = await next
    next = piece(at + BODY_STEP)
    yield bytes
  }
}

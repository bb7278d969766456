import { ConflictError } from '../../core/errors.ts'
import { release } from '../../store/messages.ts'
import { WRITE_STEP } from '../limits.ts'
import type { AppId } from '../../core/ids.ts'
import type { Hash } from 'node:crypto'

export interface CopyInit {
  /** Where the first byte goes */
  offset: number
  /** Throws for what must not come; `end`: where these bytes end */
  onBytes(bytes: Uint8Array, end: number): void
  /** Resolves when the bytes are on disk */
  append(offset: number, data: Uint8Array): Promise<void>
  /** Gets what was handed to `append`, in order */
  hash: Hash
}

/** Writes under way while more is read */
const WRITES = 2

/**
 * One body on its way to disk, over one connection. Bytes are gathered into writes of
 * `WRITE_STEP`, so that a commit pays; a cut writes what came before it.
 */
export class Ingest {
  readonly app: AppId
  #ended?: Error
  #done: Promise<unknown> = Promise.resolve()
  #cut?: () => void

  constructor (app: AppId) {
    this.app = app
  }

  async run<T> (work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#done = running.catch(() => { /* thrown to the caller of run */ })

    return running
  }

  /** Resolves when nothing more of it is written */
  async end (reason: string): Promise<void> {
    this.#ended = new ConflictError(reason)
    this.#cut?.()
    await this.#done
  }

  /** Where the last byte ended, all of them on disk. What the source gives is the callee's from then on */
  async copy (source: AsyncIterable<Uint8Array>, init: CopyInit): Promise<number> {
    const writes: Array<Promise<void>> = []
    let parts: Uint8Array[] = []
    let pending = 0
    let written = init.offset

    const flush = async (): Promise<void> => {
      if (pending === 0) {
        return
      }

      const data = concat(parts, pending)
      parts.forEach(release)
      const offset = written
      written += pending
      parts = []
      pending = 0
      init.hash.update(data)
      const write = init.append(offset, data).finally(() => { release(data) })
      write.catch(() => { /* thrown where it is awaited */ })
      writes.push(write)

      if (writes.length > WRITES) {
        await writes.shift()
      }
    }

    try {
      for await (const bytes of this.#untilEnded(source)) {
        init.onBytes(bytes, written + pending + bytes.byteLength)
        parts.push(bytes)
        pending += bytes.byteLength

        if (pending >= WRITE_STEP) {
          await flush()
        }
      }
    } finally {
      // what came before a cut is worth keeping
      await flush()
      await Promise.all(writes)
    }

    return written
  }

  /** Another call takes the place of this one, though the connection may hang for long */
  async * #untilEnded (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = source[Symbol.asyncIterator]()

    for (;;) {
      // a promise of its own for each step: one that lives as long as the body would keep all of it
      const step = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
        this.#cut = () => { resolve(undefined) }
        iterator.next().then(resolve, reject)
      })

      if (step == null || this.#ended != null) {
        throw this.#ended ?? new ConflictError('the upload was ended')
      }

      if (step.done === true) {
        return
      }

      yield step.value
    }
  }
}

function concat (parts: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let offset = 0

  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }

  return whole
}

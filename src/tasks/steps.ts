import { rowBytes } from '../store/row-bytes.ts'
import { MAX_ANSWER_BYTES } from './limits.ts'
import { lastSeq } from './wait.ts'
import type { Wait } from './index.ts'
import type { StoredResult, StoredTask } from '../store/index.ts'

/**
 * Bytes of small bodies and metadata that a list may read before it asks for room: many
 * lists are read at a time
 *
 * @default 262_144 (256 KiB)
 */
export const FIRST_STEP = 262_144

/** Bytes that it reads at a time from then on. @default 2_097_152 (2 MiB) */
export const NEXT_STEP = 2_097_152

export interface Steps<T> {
  items: T[]
  /** Bytes that room was found for */
  taken: number
  /** They are not to be answered after all */
  giveBack(): void
}

/**
 * Reads a list in order of arrival, piece by piece: a row holds up to 64 KiB of a body
 * and a MiB of metadata, and room is asked for before they are read, not when they fill
 * the memory. `read` stops where its rows add up to `maxBytes`.
 *
 * @throws {LimitError} from `room`
 */
export async function inSteps<T extends StoredTask | StoredResult> (read: (after: number, maxBytes: number) => Promise<T[]>, room: Wait['room']): Promise<Steps<T>> {
  const given: Array<() => void> = []
  const giveBack = (): void => { given.forEach((give) => { give() }) }
  const items: T[] = []
  let bytes = 0
  let taken = 0
  let step = FIRST_STEP

  for (;;) {
    const some = await read(lastSeq(items), step)
    const inline = some.reduce((sum, item) => sum + rowBytes(item), 0)
    bytes += inline
    items.push(...some)

    if (inline < step || bytes >= MAX_ANSWER_BYTES) {
      return { items, taken, giveBack }
    }

    const next = taken === 0 ? FIRST_STEP + NEXT_STEP : NEXT_STEP

    try {
      const give = room?.(next)

      if (give != null) {
        given.push(give)
      }
    } catch (err) {
      giveBack()
      throw err
    }

    taken += next
    step = NEXT_STEP
  }
}

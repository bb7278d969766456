import { release } from '../../store/messages.ts'
import { AT_HAND } from './limits.ts'
import type { OutboxContent } from '../../store/index.ts'

/** What was committed just now */
export interface Committed extends OutboxContent {
  /** Its body, which nobody else needs: the memory is given back when it was sent. Part of a buffer of its own */
  lent?: Uint8Array
}

/**
 * Large bodies that were committed just now and are still in memory: sealed from here,
 * they need not be read back. Of all sites together only so many bytes: the rest is
 * read from the store.
 */
export class AtHand {
  #bytes = 0

  /** What to keep, if there is room for it */
  keep (content: Committed | undefined): Committed | undefined {
    const size = sizeOf(content)

    if (size === 0 || this.#bytes + size > AT_HAND) {
      return
    }

    this.#bytes += size

    return content
  }

  /** It is kept no longer; `sent`: nobody reads it any more */
  drop (content: Committed | undefined, sent: boolean): void {
    this.#bytes -= sizeOf(content)

    if (sent && content?.lent != null) {
      release(new Uint8Array(content.lent.buffer))
    }
  }
}

function sizeOf (content: Committed | undefined): number {
  return (content?.task ?? content?.result)?.body.inline?.byteLength ?? 0
}

import { decodeStoredEntry } from './entry.ts'
import { replay } from './follow.ts'
import type { DecodedEntry } from './entry.ts'
import type { RosterState } from './state.ts'
import type { AppendRoster, Store } from '../../store/index.ts'

/** Entries read from the store at one time */
const PAGE = 1_000

/** The stored entries with `from` <= seq < `until`, in order */
export async function readEntries (store: Store, from: number, until: number = Infinity): Promise<DecodedEntry[]> {
  const entries: DecodedEntry[] = []

  while (from + entries.length < until) {
    const limit = Math.min(PAGE, until - from - entries.length)
    const rows = await store.listRoster({ from: from + entries.length, limit })

    for (const row of rows) {
      entries.push(decodeStoredEntry(row.entry, row.hash))
    }

    if (rows.length < limit) {
      break
    }
  }

  return entries
}

/** All that is stored, a page at a time: of 10,000 entries nothing stays but what they amount to, and their hashes */
export async function replayStored (store: Store): Promise<{ state: RosterState, hashes: Uint8Array[] }> {
  const hashes: Uint8Array[] = []
  let state: RosterState | undefined

  for (;;) {
    const page = await readEntries(store, hashes.length, hashes.length + PAGE)

    if (state == null || page.length > 0) {
      state = replay(state, page)
    }

    page.forEach(({ hash }) => hashes.push(hash))

    if (page.length < PAGE) {
      return { state, hashes }
    }
  }
}

export function appendOf (after: { seq: number, hash: Uint8Array } | undefined, entries: DecodedEntry[], supersede: boolean = false): AppendRoster {
  const rows = entries.map(({ entry, hash, raw }) => ({ seq: entry.seq, hash, entry: raw }))

  return supersede ? { after, rows, supersede } : { after, rows }
}

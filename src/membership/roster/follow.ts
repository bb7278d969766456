import { entrySigningInput } from './entry.ts'
import { KIND } from './kinds.ts'
import { found, reduce } from './reduce.ts'
import { authorityAt, draftOf } from './state.ts'
import type { DecodedEntry } from './entry.ts'
import type { RosterState } from './state.ts'
import type { Verify } from '../../core/identity.ts'
import type { SiteId } from '../../core/ids.ts'

/** Signatures that are checked at one time: enough for every thread of the pool */
const AT_ONCE = 64

export type Followed =
  | {
    kind: 'followed'
    state: RosterState
    /** The entries that became part of the state: all, unless `halted` */
    entries: DecodedEntry[]
    sites: SiteId[]
    /** Why the rest cannot be taken in by this version */
    halted?: string
  }
  | { kind: 'refused', reason: string }

/**
 * Takes entries in that follow the state: form, links, meaning, then every signature
 * once. All of them or none, except that nothing from an entry on counts that this
 * version must understand and does not.
 *
 * @param start - undefined to begin with the genesis
 */
export async function follow (start: RosterState | undefined, entries: DecodedEntry[], verify: Verify): Promise<Followed> {
  const founding = start == null ? foundWith(entries) : undefined

  if (typeof founding === 'string') {
    return { kind: 'refused', reason: founding }
  }

  const base = start ?? founding

  if (base == null) {
    return { kind: 'refused', reason: 'there is no first entry' }
  }

  const draft = draftOf(base)
  const sites = new Set<SiteId>()
  const signatures: Array<{ key: Uint8Array, entry: DecodedEntry }> = []
  const taken: DecodedEntry[] = []
  let halted: string | undefined

  for (const entry of entries) {
    signatures.push({ key: keyFor(draft, entry), entry })

    if (entry.entry.seq === 0 && start == null) {
      taken.push(entry)
      continue
    }

    const reduced = reduce(draft, entry)

    if (reduced.kind === 'refused') {
      return reduced
    }

    if (reduced.kind === 'halt') {
      halted = reduced.reason
      break
    }

    reduced.sites.forEach(site => sites.add(site))
    taken.push(entry)
  }

  for (let at = 0; at < signatures.length; at += AT_ONCE) {
    const checked = await Promise.all(signatures.slice(at, at + AT_ONCE).map(async ({ key, entry }) =>
      verify(key, entrySigningInput(entry.bytes), entry.signature)))
    const bad = checked.indexOf(false)

    if (bad !== -1) {
      return { kind: 'refused', reason: `entry ${signatures[at + bad].entry.entry.seq} is not signed by the authority of its time` }
    }
  }

  return { kind: 'followed', state: draft, entries: taken, sites: [...sites], halted }
}

/** The same without signatures, for entries that were verified when they were stored */
export function replay (start: RosterState | undefined, entries: DecodedEntry[]): RosterState {
  const founding = start == null ? foundWith(entries) : start

  if (founding == null || typeof founding === 'string') {
    throw new Error(`the stored roster cannot be read: ${founding ?? 'it is empty'}`)
  }

  const draft = draftOf(founding)

  for (const entry of start == null ? entries.slice(1) : entries) {
    const reduced = reduce(draft, entry)

    if (reduced.kind !== 'applied') {
      throw new Error(`the stored roster cannot be read: ${reduced.reason}`)
    }
  }

  return draft
}

/** Key that must have signed the entry if it follows the state */
export function keyFor (state: RosterState, { entry }: DecodedEntry): Uint8Array {
  return entry.kind === KIND.recover ? state.recovery : authorityAt(state, entry.seq)
}

function foundWith (entries: DecodedEntry[]): RosterState | string | undefined {
  return entries.length === 0 ? undefined : found(entries[0])
}

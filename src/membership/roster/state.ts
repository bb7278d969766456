import { hex } from '../bytes.ts'
import type { SiteId } from '../../core/ids.ts'
import type { RosterHead, Member, RosterSigner } from '../index.ts'

/** An authority key, and the first entry that it signs */
export interface AuthorityFrom extends RosterSigner {
  from: number
}

/**
 * What the entries up to the head amount to. Made by `reduce` alone; members are
 * replaced, never changed, so that a copy of the maps is a copy of the state.
 */
export interface RosterState {
  readonly network: string
  /** Hash of the genesis entry */
  readonly genesis: Uint8Array
  /** Signs recoveries; no entry can replace it */
  readonly recovery: Uint8Array
  readonly head: RosterHead
  /** Who signs entries from which seq on; the last one is the present authority */
  readonly authorities: readonly AuthorityFrom[]
  readonly members: ReadonlyMap<SiteId, Member>
  /** Every signing key ever admitted, in hex, and the site it was admitted for */
  readonly keys: ReadonlyMap<string, SiteId>
}

/** A state in the making: the same, open to writing */
export interface RosterDraft {
  network: string
  genesis: Uint8Array
  recovery: Uint8Array
  head: RosterHead
  authorities: AuthorityFrom[]
  members: Map<SiteId, Member>
  keys: Map<string, SiteId>
}

export function draftOf (state: RosterState): RosterDraft {
  return { ...state, authorities: [...state.authorities], members: new Map(state.members), keys: new Map(state.keys) }
}

/** Key that signs the entry at `seq`, unless it is a recovery */
export function authorityAt (state: RosterState, seq: number): Uint8Array {
  return signerAt(state, seq).key
}

export function signerAt ({ authorities }: RosterState, seq: number): RosterSigner {
  return authorities.findLast(({ from }) => from <= seq) ?? authorities[0]
}

export function keyName (key: Uint8Array): string {
  return hex(key)
}

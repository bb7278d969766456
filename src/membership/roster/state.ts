import { hex } from '../bytes.ts'
import type { SiteId } from '../../core/ids.ts'
import type { RosterHead, Member } from '../index.ts'

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
  readonly authorities: ReadonlyArray<{ from: number, key: Uint8Array }>
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
  authorities: Array<{ from: number, key: Uint8Array }>
  members: Map<SiteId, Member>
  keys: Map<string, SiteId>
}

export function draftOf (state: RosterState): RosterDraft {
  return { ...state, authorities: [...state.authorities], members: new Map(state.members), keys: new Map(state.keys) }
}

/** Key that signs the entry at `seq`, unless it is a recovery */
export function authorityAt (state: RosterState, seq: number): Uint8Array {
  return state.authorities.findLast(({ from }) => from <= seq)?.key ?? state.authorities[0].key
}

export function keyName (key: Uint8Array): string {
  return hex(key)
}

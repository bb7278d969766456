import type { AppId } from '../core/ids.ts'

/** In memory: the newest number of each app that asked for events at least once */
export interface EventsState {
  /** Undefined: to be read from the tables */
  heads: Map<AppId, number> | undefined
  /** Apps with something new */
  readonly fresh: Set<AppId>
}

export function createEventsState (): EventsState {
  return { heads: undefined, fresh: new Set() }
}

export interface AuditState {
  /** Undefined: to be read from the table */
  head: { n: number, hash: Uint8Array } | undefined
  /** The batch of receipts that was written last, so that each is kept once */
  receipts: { signed: Uint8Array, hash: string, n: number } | undefined
  /** By kind and site: when its minute began, entries written, and how many were not */
  readonly counted: Map<string, { since: number, written: number, left: number }>
  /** Latest instant that a fact named, for those that name none */
  now: number
  /** Highest number given out since the last look, 0 for none */
  fresh: number
}

export function createAuditState (): AuditState {
  return { head: undefined, receipts: undefined, counted: new Map(), now: 0, fresh: 0 }
}

/** What the two writers keep in memory between commits */
export interface Journal {
  events: EventsState
  audit: AuditState
}

export function createJournal (): Journal {
  return { events: createEventsState(), audit: createAuditState() }
}

/**
 * Relays are members. A site that can be reached joins streams of two members that
 * cannot reach each other (circuit relay v2 on the wire, forwarding of our own); a site
 * that cannot be reached holds reservations at two of them, and is reached there.
 *
 * What passes is encrypted end to end between the two sites, below everything else: the
 * relay learns who talks, when and how much.
 */
import type { SiteId } from '../../core/ids.ts'

/** What this site lends; `relay` in the configuration */
export interface RelayLimits {
  /** Sites that may hold a reservation here */
  maxReservations: number
  maxCircuits: number
  /** Circuits of one site, at either end */
  maxCircuitsPerSite: number
  /** Bytes a second, 0 for no limit */
  maxRate: number
  maxRatePerSite: number
  /** Bytes that all circuits together can hold at worst */
  maxMemory: number
  maxMemoryPerSite: number
  /** Bytes through one circuit, 0 for no limit */
  maxCircuitBytes: number
}

/** What a relay does now */
export interface RelayUse {
  reservations: number
  circuits: number
  /** Bytes forwarded since the start */
  bytes: number
  /** Bytes in memory now, and spoken for at worst */
  held: number
  memory: number
  /** Requests refused since the start: not a member, no room, nobody there */
  refused: number
  /** The same by what was answered, as the specification calls it */
  refusals: Record<string, number>
}

/** A reservation of this site at a relay */
export interface Reserved {
  relay: SiteId
  peer: string
  /** Own addresses through it */
  addresses: string[]
  /** Unix ms */
  since: number
  /** When the relay last said yes, Unix ms */
  renewed: number
}

/**
 * Why there is no reservation at a relay. full: it has no room; refused: not for this
 * site; no relay: it does not relay; failed: anything else, mostly that it did not answer
 */
export interface RelayTrouble {
  relay: SiteId
  kind: 'full' | 'refused' | 'no relay' | 'failed'
  message: string
  /** Unix ms of the last request, and before which it is not asked again */
  at: number
  again: number
  /** Requests without success, one after the other */
  failures: number
}

/** How this site, which cannot be reached, is reached all the same */
export interface RelayedView {
  /** A site that can be reached needs none */
  needed: boolean
  /** Reservations it wants */
  wanted: number
  held: Reserved[]
  /** Members with an address of their own: these may relay */
  candidates: SiteId[]
  /** Of these, to whom there is a direct link */
  linked: SiteId[]
  troubles: RelayTrouble[]
}

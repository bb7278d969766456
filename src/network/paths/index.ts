/**
 * Which way two sites talk: directly when that is possible, else through a relay at
 * once, while a direct way is tried now and then. The better path of a pair is the same
 * seen from both ends, so that both move to it; nothing is lost on the way.
 *
 * libp2p's hole punching (dcutr) is left out: it dials public addresses only, and over
 * TCP without port reuse it opens no firewall that lets nothing in; what it could do, a
 * direct attempt from either side does too, and without closing the relayed connection
 * under what runs on it.
 */
import type { SiteId } from '../../core/ids.ts'

/**
 * Why a site is not reached directly: it has no address of its own; it has, and they
 * were not tried yet; nobody takes connections there; no answer in time; no route; its
 * name is not known; this machine, its firewall or the roster does not allow it;
 * anything else
 */
export type Reason = 'no address' | 'not tried' | 'refused' | 'timed out' | 'unreachable' | 'unknown name' | 'policy' | 'failed'

export interface WhyNotDirect {
  reason: Reason
  /** What the last attempt said */
  detail?: string
  /** Unix ms of the last attempt; absent when there was none */
  at?: number
}

export interface PathChange {
  /** Unix ms */
  at: number
  /** `none`: the link went down */
  path: 'direct' | 'relay' | 'none'
  /** Site that relays */
  via?: SiteId | string
}

/** How often a site was reached another way than before, since the start; that its link was down in between does not count */
export interface PathChanges {
  to_direct: number
  to_relay: number
  /** Through another relay than before */
  other_relay: number
}

/** What is known of the way to one site, with or without a link */
export interface PathFacts {
  /** Absent while it is reached directly */
  whyNotDirect?: WhyNotDirect
  /** The last changes, oldest first */
  history: PathChange[]
}

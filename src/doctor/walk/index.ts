/**
 * The way to one other site, hop by hop, as an envelope goes it: is the site on the
 * roster, what does it say of itself, do its names have addresses, does somebody take a
 * connection there, is that the site, does a relay know it, does a circuit come about,
 * do both agree that the other is a member, is the control link there, and what waits.
 *
 * What only the daemon can know (who answers there, and all after it) it is asked over
 * its control socket, and it goes that way itself: what works becomes the link.
 */
import type { PeerView } from '../../control/peer-view.ts'
import type { PeerProbe, PeerStatus } from '../../network/index.ts'
import type { Outbound } from '../../network/proxy/index.ts'
import type { Finding, Letter, Patient } from '../index.ts'

/** skipped: an earlier one failed, it is not needed, or nobody could tell */
export type Outcome = 'ok' | 'failed' | 'skipped'

/** `check` is the hop's name */
export interface Hop extends Finding {
  outcome: Outcome
}

/** What is known before the first step */
export interface Journey {
  patient: Patient
  peer: PeerView
  /** Its way out; undefined when the configuration cannot be read */
  outbound?: Outbound
  /** What waits for the site, oldest first */
  letters: Letter[]
  /** The link to it, as the daemon has it before the first step */
  link?: PeerStatus
  /** Asks the daemon to go the way; undefined when none runs */
  probe?(addresses: string[]): Promise<PeerProbe>
  /** Links to any site, as the daemon says */
  links(): Promise<PeerStatus[]>
}

/** What the steps before found, for those after */
export interface Path extends Journey {
  hops: Hop[]
  /** Addresses of its own that took a connection */
  open: string[]
  /** The daemon's own try; undefined until it was made, or when no daemon runs */
  tried?: PeerProbe
  outcome(hop: string): Outcome | undefined
}

export type Step = Omit<Hop, 'check'>

export interface HopCheck {
  name: string
  /** Skipped unless one of these is ok */
  after?: string[]
  /** What is known without going there; it comes before `after` */
  known?(path: Path): Step | undefined
  run(path: Path): Promise<Step>
}

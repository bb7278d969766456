/**
 * Links between sites: libp2p assembled, guarded and supervised. Above this
 * interface nobody knows libp2p; simulations implement `Links` over a seeded
 * in-memory network.
 */
import type { PathChange, PathChanges, PathFacts, WhyNotDirect } from './paths/index.ts'
import type { PeerProbe } from './probe.ts'
import type { ProxyView } from './proxy/index.ts'
import type { RelayedView, RelayUse, Reserved } from './relay/index.ts'
import type { Signal } from '../core/bus.ts'
import type { SiteId } from '../core/ids.ts'
import type { Frame } from '../protocols/control/pb/control.ts'

export type { PathChange, PathChanges, PathFacts, WhyNotDirect } from './paths/index.ts'
export type { PeerProbe } from './probe.ts'
export type { RelayedView, RelayTrouble, RelayUse } from './relay/index.ts'

/** Long-lived control streams to the daemons of other sites, members only */
export interface Links {
  isUp(site: SiteId): boolean
  up(): SiteId[]
  /**
   * Queue one frame; frames of one tick leave in one write. False when there is no
   * link or its queue is full: nothing was queued.
   */
  send(site: SiteId, frame: Partial<Frame>): boolean
  /**
   * Ask for a link: something waits for this site. `eased`: all of it also rests with
   * keepers of mail, so that attempts may be farther apart
   */
  want(site: SiteId, eased?: boolean): void
  /** Difference of the other site's clock to ours in ms, as last measured */
  clockOffset(site: SiteId): number
  /** Life of the other site's store, as its daemon says; undefined without a link, 0 when it does not say */
  incarnation?(site: SiteId): number | undefined
  /**
   * A bulk channel of its own for one large envelope.
   *
   * @throws {UnreachableError}
   */
  openBulk(site: SiteId, signal: AbortSignal): Promise<BulkChannel>
  /** Whoever receives bulk sets this once; called for members only */
  handleBulk(handler: (site: SiteId, channel: BulkChannel) => Promise<void>): void
  readonly linkUp: Signal<SiteId>
  readonly linkDown: Signal<SiteId>
  /**
   * Frames for tasks and workers (envelope, receipts, ask, answer). `done` must be
   * called once the frame was dealt with: the reader pauses when too much is undone.
   */
  readonly frames: Signal<{ site: SiteId, frame: Frame, done(): void }>
}

/** Length-prefixed messages of /beam/bulk/1.0.0 with backpressure both ways */
export interface BulkChannel {
  /** One message, in one or several pieces, which are the channel's from then on. Resolves when there is room for more */
  write(...pieces: Uint8Array[]): Promise<void>
  /** Undefined at the end of the stream; a cut throws */
  read(): Promise<Uint8Array | undefined>
  /** The same in the pieces in which it came */
  readPieces(): Promise<Uint8Array[] | undefined>
  close(): Promise<void>
  abort(error: Error): void
}

/** Sessions of /beam/mailbox/1.0.0 with members */
export interface MailStreams {
  /**
   * Over the link that there is.
   *
   * @throws {UnreachableError}
   */
  openMail(site: SiteId, signal: AbortSignal): Promise<BulkChannel>
  /** Whoever serves mail sets this once */
  handleMail(handler: (site: SiteId, channel: BulkChannel) => Promise<void>): void
}

/** For `peers` and GET /v1/sites */
export interface PeerStatus {
  site: SiteId
  peerId: string
  path: 'direct' | 'relay'
  /** Site id of the relay */
  via?: SiteId
  address: string
  direction: 'inbound' | 'outbound'
  /** Median of the last pings, ms */
  rtt?: number
  /** 95th percentile of the same, ms */
  rttP95?: number
  /** Unix ms */
  since: number
  bytesIn: number
  bytesOut: number
  /** Frames waiting to be written */
  queue: number
  clockOffset: number
  /** Of a link through a relay */
  whyNotDirect?: WhyNotDirect
  /** The last changes of its path, oldest first */
  history?: PathChange[]
}

/** The DHT: a hint. Whatever it says is confirmed by the peer's live word. */
export interface Directory {
  /** Announce that this daemon serves the name, until withdrawn; resolves when at least one peer keeps it, or false after the timeout */
  provide(name: string, signal: AbortSignal): Promise<boolean>
  withdraw(name: string): Promise<void>
  /** Sites that are said to serve the name: members only, each once */
  find(name: string, signal: AbortSignal): AsyncIterable<SiteId>
}

export interface Network {
  readonly links: Links
  readonly directory: Directory
  readonly mail: MailStreams
  readonly peerId: string
  /** Own addresses as others may dial them */
  addresses(): string[]
  peers(): PeerStatus[]
  /** Whether this site is known to be reachable */
  reachable(): boolean
  /** Reservations of this site at relays */
  reservations?(): Reserved[]
  /** What this site does as a relay; undefined when it is none */
  relaying?(): RelayUse | undefined
  /** What became of connections through the proxy; undefined when there is none */
  proxy?(): ProxyView | undefined
  /** How often sites were reached another way than before */
  pathChanges?(): PathChanges
  /** How a site was reached lately, and why not directly */
  path?(site: SiteId): PathFacts
  /** Goes the way to a member and says how far it came; `only`: of its own addresses these */
  probe(site: SiteId, only?: string[]): Promise<PeerProbe>
  /** How this site is reached through relays, and why not */
  relayed(): RelayedView
  start(): Promise<void>
  stop(): Promise<void>
}

import { Emitter } from '../../core/bus.ts'
import { quality } from '../../network/paths/path.ts'
import { newcomerWins } from './choose.ts'
import { CONTROL_PROTOCOL, CONTROL_TIMES, CONTROL_VERSION, MAX_CONTROL_STREAMS } from './constants.ts'
import { ControlLink } from './link.ts'
import type { Candidate } from './choose.ts'
import type { ControlTimes } from './constants.ts'
import type { Frame, Hello } from './pb/control.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Membership } from '../../membership/index.ts'
import type { Connection, Stream } from '@libp2p/interface'

export interface ControlComponents {
  membership: Pick<Membership, 'roster' | 'records'>
  /** Of this site's store; 0 for none */
  incarnation?: number
  /** Own peer id */
  peerId: string
  clock: Clock
  random: Random
  log: Log
  /** News of membership; resolves when dealt with */
  onNews(link: ControlLink, frame: Frame): Promise<void>
  /** A link is in use, the first of its site or in place of another */
  onUse(link: ControlLink): void
  /** A connection lost its control stream to another one */
  onSpare(connection: Connection): void
  /** What was sent over a link is not answered */
  onDoubt?(link: ControlLink): void
  /** Bytes that came over a connection, on whatever stream */
  received?(connection: Connection): number
  /** Makes the peer of a connection send something on a stream of its own */
  knock?(connection: Connection): void
}

export interface ControlInit {
  times?: Partial<ControlTimes>
  agent?: string
  /** Pings are sent at least this often on links that come up from now on, ms; undefined for no reason to */
  pace?(): number | undefined
}

/** The control links of this daemon: one in use for each site */
export class Control {
  readonly linkUp = new Emitter<SiteId>()
  readonly linkDown = new Emitter<SiteId>()
  readonly frames = new Emitter<{ site: SiteId, frame: Frame, done(): void }>()
  readonly #components: ControlComponents
  readonly #times: ControlTimes
  readonly #agent: string
  readonly #pace: () => number | undefined
  readonly #boot: Uint8Array
  readonly #inUse = new Map<SiteId, ControlLink>()
  /** In use, greeting or on their way out */
  readonly #all = new Set<ControlLink>()

  constructor (components: ControlComponents, init: ControlInit = {}) {
    this.#components = components
    this.#times = { ...CONTROL_TIMES, ...init.times }
    this.#agent = init.agent ?? 'beam-node'
    this.#pace = init.pace ?? (() => undefined)
    this.#boot = components.random.bytes(16)
  }

  link (site: SiteId): ControlLink | undefined {
    return this.#inUse.get(site)
  }

  links (): ControlLink[] {
    return [...this.#inUse.values()]
  }

  /** Whether a control stream was opened over it, though the site's link may be another */
  over (connection: Connection): boolean {
    return [...this.#all].some(link => link.connection === connection)
  }

  /** Opens the control stream over a connection that this daemon dialled, unless the site has a link that is as good */
  async open (connection: Connection): Promise<void> {
    const site = this.#components.membership.records.siteOfPeer(connection.remotePeer.toString())

    const present = site == null ? undefined : this.#inUse.get(site)

    if (present != null && qualityOf(present.connection) >= qualityOf(connection)) {
      this.#components.onSpare(connection)
      return
    }

    const stream = await connection.newStream(CONTROL_PROTOCOL, {
      signal: AbortSignal.timeout(this.#times.hello),
      maxOutboundStreams: MAX_CONTROL_STREAMS,
      runOnLimitedConnection: true
    })

    this.handle(stream, connection)
  }

  /** For streams of either direction */
  handle (stream: Stream, connection: Connection): void {
    const { membership, clock, onDoubt, received, knock } = this.#components
    const site = membership.records.siteOfPeer(connection.remotePeer.toString())

    if (site == null) {
      stream.abort(new Error('not a member'))
      return
    }

    this.#all.add(new ControlLink({
      site,
      stream,
      connection,
      clock,
      times: { ...this.#times, ping: Math.min(this.#times.ping, this.#pace() ?? Infinity) },
      hello: this.#hello(),
      onUp: (link) => { this.#onUp(link) },
      onFrame: (link, frame, done) => { this.#onFrame(link, frame, done) },
      onDown: (link, reason) => { this.#onDown(link, reason) },
      onDoubt: (link) => { onDoubt?.(link) },
      received: () => received?.(connection) ?? 0,
      knock: () => { knock?.(connection) }
    }))
  }

  /** Ends every link of a site: it is no member any more */
  cut (site: SiteId, reason: string): void {
    for (const link of [...this.#all]) {
      if (link.site === site) {
        link.leave(reason)
      }
    }
  }

  stop (): void {
    for (const link of [...this.#all]) {
      link.leave('the daemon stops')
    }
  }

  #hello (): Hello {
    const { clock, membership, incarnation = 0 } = this.#components

    return {
      version: CONTROL_VERSION,
      boot: this.#boot as Uint8Array<ArrayBuffer>,
      clock: clock.now(),
      recordsDigest: membership.records.digest() as Uint8Array<ArrayBuffer>,
      agent: this.#agent,
      incarnation
    }
  }

  #onUp (link: ControlLink): void {
    const present = this.#inUse.get(link.site)

    if (present == null) {
      this.#use(link)
      this.linkUp.emit(link.site)
      return
    }

    const [old, other] = [this.#candidate(present), this.#candidate(link)]

    if (!newcomerWins(old, other)) {
      this.#retire(link)
      present.probe({ quick: true })
      return
    }

    // another life of the peer, or it has lost this link: what it knew of us and we of it, and what was under way, may be gone
    const lost = old.boot !== other.boot || (old.dialer === other.dialer && old.quality === other.quality)

    if (lost) {
      this.#inUse.delete(link.site)
      this.linkDown.emit(link.site)
    }

    this.#use(link)
    this.#retire(present, { lost })

    if (lost) {
      this.linkUp.emit(link.site)
    }
  }

  #use (link: ControlLink): void {
    this.#inUse.set(link.site, link)
    this.#components.log.info({ site: link.site, peer: link.peerId, address: link.connection.remoteAddr.toString() }, 'link up')
    this.#components.onUse(link)
  }

  #retire (link: ControlLink, init: { lost?: boolean } = {}): void {
    this.#components.log.debug({ site: link.site, connection: link.connection.id }, 'another control stream of this site stays')
    link.retire(init)

    if (this.#inUse.get(link.site)?.connection !== link.connection) {
      this.#components.onSpare(link.connection)
    }
  }

  #onDown (link: ControlLink, reason: string): void {
    this.#all.delete(link)

    if (this.#inUse.get(link.site) === link) {
      this.#inUse.delete(link.site)
      this.#components.log.info({ site: link.site, reason }, 'link down')
      this.linkDown.emit(link.site)
    } else {
      this.#components.log.debug({ site: link.site, reason }, 'control stream ended')
    }
  }

  #onFrame (link: ControlLink, frame: Frame, done: () => void): void {
    // the roster as it is now: frames that were under way when it changed do not count
    if (this.#components.membership.records.siteOfPeer(link.peerId) !== link.site) {
      done()
      link.leave('not a member')
    } else if (frame.roster != null || frame.records != null || frame.recordVector != null) {
      void this.#components.onNews(link, frame).finally(done)
    } else if (frame.envelope.byteLength > 0 || frame.receipts.byteLength > 0 || frame.ask != null || frame.answer != null) {
      // whoever listens calls done; a frame that nobody listens for must not hold the link back
      if (this.frames.heard) {
        this.frames.emit({ site: link.site, frame, done })
      } else {
        done()
      }
    } else {
      // a kind of a later version
      done()
    }
  }

  #candidate (link: ControlLink): Candidate {
    return { boot: bootOf(link), dialer: link.connection.direction === 'outbound' ? this.#components.peerId : link.peerId, quality: qualityOf(link.connection) }
  }
}

function qualityOf (connection: Connection): number {
  return quality(connection.remoteAddr.toString())
}

function bootOf (link: ControlLink): string {
  return Buffer.from(link.hello?.boot ?? []).toString('hex')
}

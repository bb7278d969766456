import { FrameReader } from '../framing/reader.ts'
import { FrameWriter } from '../framing/writer.ts'
import { CONTROL_VERSION, MAX_CONTROL_FRAME, MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, MAX_UNDONE_BYTES, MAX_UNDONE_FRAMES } from './constants.ts'
import { ClockEstimate } from './estimate.ts'
import { Liveness } from './liveness.ts'
import { Frame } from './pb/control.ts'
import { Undone } from './undone.ts'
import type { ControlTimes } from './constants.ts'
import type { Hello } from './pb/control.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Connection, Stream } from '@libp2p/interface'

/** Reason in Bye when another stream of the same pair stays */
const REPLACED = 'replaced by another stream'

/** A link that was replaced delivers for at most so many grace periods */
const MAX_GRACES = 12

export interface LinkInit {
  site: SiteId
  stream: Stream
  connection: Connection
  clock: Clock
  times: ControlTimes
  hello: Partial<Hello>
  /** The peer's Hello arrived: the link may be used from now on */
  onUp(link: ControlLink): void
  /** Every frame but those of the link itself; `done` must be called once */
  onFrame(link: ControlLink, frame: Frame, done: () => void): void
  onDown(link: ControlLink, reason: string): void
  /** Nothing came since something was sent that is answered: the way may be broken */
  onDoubt?(link: ControlLink): void
  /** Bytes that came over the connection, on whatever stream. @default unknown */
  received?(): number
  /** Makes the peer send something on another stream */
  knock?(): void
}

/**
 * One control stream: Hello both ways, pings, frames up with backpressure, frames
 * down through a bounded queue.
 */
export class ControlLink {
  readonly site: SiteId
  readonly connection: Connection
  readonly peerId: string
  readonly since: number
  readonly estimate = new ClockEstimate()
  readonly #init: LinkInit
  readonly #clock: Clock
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  readonly #undone: Undone
  readonly #liveness: Liveness
  #hello: Hello | undefined
  /** Ends what is on its way out */
  #grace: Timer | undefined
  #nonce = 0
  #pinged = 0
  #down = false
  /** One side has chosen another stream; this one still delivers */
  #leaving = false
  /** The peer opened another one because it has lost this one, it seems */
  #suspect = false

  constructor (init: LinkInit) {
    this.#init = init
    this.#clock = init.clock
    this.site = init.site
    this.connection = init.connection
    this.peerId = init.connection.remotePeer.toString()
    this.since = init.clock.now()
    this.#undone = new Undone({ frames: MAX_UNDONE_FRAMES, bytes: MAX_UNDONE_BYTES }, (full) => {
      this.#reader.hold(full)

      if (!full) {
        // not from within done(): its caller did not ask for the next frames
        queueMicrotask(() => { this.#drain() })
      }
    })
    this.#writer = new FrameWriter(init.stream, { maxFrames: MAX_QUEUED_FRAMES, maxBytes: MAX_QUEUED_BYTES })
    this.#reader = new FrameReader(init.stream, { maxFrame: MAX_CONTROL_FRAME, onReadable: () => { this.#drain() } })
    this.#liveness = new Liveness({
      clock: init.clock,
      times: init.times,
      greeted: () => this.#hello != null,
      paused: () => this.#reader.paused,
      received: () => init.received?.() ?? 0,
      rtt: () => this.estimate.rttP95,
      ping: () => { this.#ping() },
      knock: () => { init.knock?.() },
      onDoubt: () => {
        if (!this.#leaving) {
          init.onDoubt?.(this)
        }
      },
      onSilent: (reason) => { this.#silent(reason) }
    })
    this.#urgent({ hello: init.hello as Hello })
    init.stream.addEventListener('close', () => { this.#grace?.cancel() })
    // the stream may have ended before anyone listened
    queueMicrotask(() => { this.#drain() })
  }

  /** The peer's Hello, once it came */
  get hello (): Hello | undefined {
    return this.#hello
  }

  get down (): boolean {
    return this.#down
  }

  get queue (): number {
    return this.#writer.length
  }

  get bytesIn (): number {
    return this.#reader.bytes
  }

  get bytesOut (): number {
    return this.#writer.bytes
  }

  /** False when the queue is full: nothing was queued */
  send (frame: Partial<Frame>): boolean {
    const taken = !this.#down && this.#writer.push(Frame.encode(frame))

    if (taken && (frame.envelope != null || frame.ask != null)) {
      this.#liveness.asked()
    }

    return taken
  }

  /** Resolves when little waits; rejects when the link is gone. For what is long and not urgent */
  async write (frame: Partial<Frame>): Promise<void> {
    await this.#writer.write(Frame.encode(frame))
  }

  /** News that must not wait behind a full queue; a link that cannot take them either is ended */
  sendUrgent (frame: Partial<Frame>): boolean {
    return this.#urgent(frame)
  }

  /** Says why, takes nothing more from the peer and closes when that is written */
  leave (reason: string): void {
    if (this.#down) {
      return
    }

    this.#urgent({ bye: { reason } })
    this.#finish(reason)
    this.#close()
  }

  /** Is the peer still there? `quick`: it behaves as if it had lost this one, or the way here is another now */
  probe (init: { quick?: boolean } = {}): void {
    if (!this.#down) {
      this.#liveness.probe(init)
    }
  }

  /**
   * Another stream took this one's place: what is under way still arrives. `lost`: whoever
   * dialled this connection dialled again; when it is dead, what else runs on it must not wait.
   */
  retire ({ lost = false }: { lost?: boolean } = {}): void {
    if (lost && !this.#leaving && !this.#down) {
      this.#suspect = true
      this.#liveness.probe({ quick: true })
    }

    this.#urgent({ bye: { reason: REPLACED } })
    this.#writer.close().catch((error: Error) => { this.#fail(error.message) })
    this.#linger()
  }

  #linger (): void {
    if (!this.#leaving) {
      this.#leaving = true
      this.#lingerOn(MAX_GRACES)
    }
  }

  /** A slow path gets more time while something moves on it */
  #lingerOn (graces: number): void {
    const moved = this.bytesIn + this.bytesOut

    this.#after(() => {
      if (graces > 1 && this.bytesIn + this.bytesOut > moved) {
        this.#lingerOn(graces - 1)
      } else {
        this.#fail(REPLACED)
      }
    })
  }

  #urgent (frame: Partial<Frame>): boolean {
    if (this.#down) {
      return false
    }

    const taken = this.#writer.urgent(Frame.encode(frame))

    if (!taken && !this.#writer.closed) {
      this.#fail('more waits for the peer than it may')
    }

    return taken
  }

  #drain (): void {
    try {
      while (!this.#down && !this.#undone.full) {
        const bytes = this.#reader.next()

        if (bytes == null) {
          break
        }

        this.#liveness.heard()
        this.#take(Frame.decode(bytes), bytes.byteLength)
      }

      if (!this.#down && !this.#undone.full && this.#reader.ended && !this.#leaving) {
        this.#fail('the stream ended')
      }
    } catch (error) {
      this.#fail(`malformed frame: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #take (frame: Frame, size: number): void {
    if (frame.bye != null) {
      this.#bye(frame.bye.reason)
    } else if (this.#hello == null) {
      this.#greet(frame.hello)
    } else if (frame.ping != null) {
      // dropped when the queue is full: the peer hears what is in it instead
      this.send({ pong: { nonce: frame.ping.nonce, clock: this.#clock.now() } })
    } else if (frame.pong != null) {
      if (frame.pong.nonce === this.#nonce) {
        this.estimate.add(this.#pinged, this.#clock.monotonic(), this.#clock.now(), frame.pong.clock)
      }
    } else {
      this.#init.onFrame(this, frame, this.#undone.add(size))
    }
  }

  #greet (hello: Hello | undefined): void {
    if (hello == null || hello.boot.byteLength !== 16) {
      this.#fail('the first frame must be a Hello with a boot id of 16 bytes')
    } else if (hello.version !== CONTROL_VERSION) {
      this.leave(`version ${hello.version} of the control protocol is not known here, only ${CONTROL_VERSION}`)
    } else {
      this.#hello = hello
      this.#init.onUp(this)
      this.#ping()
    }
  }

  #bye (reason: string): void {
    if (reason === REPLACED) {
      // the other stream may need a moment to get here: the site is not down in between
      this.#linger()
      return
    }

    this.#finish(`the peer closed: ${reason.slice(0, 200)}`)
    this.#close()
  }

  #ping (): void {
    // nothing more is written on its way out
    if (this.#leaving) {
      return
    }

    this.#nonce++
    this.#pinged = this.#clock.monotonic()

    if (this.#urgent({ ping: { nonce: this.#nonce, clock: this.#clock.now() } })) {
      this.#liveness.pinged()
    }
  }

  #silent (reason: string): void {
    // its connection may carry something else
    const connection = !this.#leaving || this.#suspect
    this.#fail(this.#leaving ? REPLACED : reason)

    if (connection) {
      this.connection.abort(new Error(`the peer is silent: ${reason}`))
    }
  }

  #close (): void {
    this.#writer.close()
      .catch((error: Error) => { this.#init.stream.abort(error) })
    // the peer may never close its side; a stream lives until both did
    this.#after(() => { this.#init.stream.abort(new Error('closed')) })
  }

  #after (end: () => void): void {
    this.#grace?.cancel()
    this.#grace = this.#clock.setTimeout(end, this.#init.times.grace)
  }

  #fail (reason: string): void {
    if (!this.#down) {
      this.#finish(reason)
      this.#init.stream.abort(new Error(reason))
    }
  }

  #finish (reason: string): void {
    if (!this.#down) {
      this.#down = true
      this.#liveness.stop()
      this.#grace?.cancel()
      this.#init.onDown(this, reason)
    }
  }
}

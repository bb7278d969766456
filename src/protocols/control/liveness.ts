import type { ControlTimes } from './constants.ts'
import type { Clock, Timer } from '../../core/clock.ts'

/** What was sent is not answered for so long, in silences: the peer is asked, and whoever knows the way is told. 3.1 s */
const DOUBT = 1 / 8

/** Then it has so long to say anything. 5 s */
const PATIENCE = 1 / 5

/** And so long when there is reason to believe that it is gone, with some round trips on top: 2 s, 4.5 s at most */
const QUICK = 2 / 25
const QUICK_TRIPS = 4
const QUICK_LONGEST = 9 / 50

/** Nothing measured yet, in silences: half a second */
const UNKNOWN_TRIP = 1 / 50

/** A timer that is late by so much of its time says that this process stood still, not the peer */
const LATE = 1 / 2

export interface LivenessInit {
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>
  times: Pick<ControlTimes, 'ping' | 'silence' | 'hello'>
  /** The peer's Hello came */
  greeted(): boolean
  /** This side does not read: silence says nothing */
  paused(): boolean
  /** Bytes that came over the connection, on whatever stream */
  received(): number
  /** Round trip as it is when it is slow, ms */
  rtt(): number | undefined
  ping(): void
  /** Makes the peer send something on another stream: it may be too busy to read this one */
  knock(): void
  /** Nothing came for a while since something was sent that is answered: the way may be broken */
  onDoubt(): void
  /** The peer is gone, as far as one can tell */
  onSilent(reason: string): void
}

/**
 * Whether the peer still lives. An idle link is pinged every few seconds; what is sent and
 * not answered is a reason to ask at once, and not to wait for the longest silence.
 */
export class Liveness {
  readonly #init: LivenessInit
  #heard: number
  #received: number
  #lastTick: number
  #pinged = 0
  /** Since when something was sent that is answered, and nothing came; undefined when all is well */
  #unanswered: number | undefined
  #timer: Timer | undefined
  #check: Timer | undefined
  #probe: Timer | undefined
  #quick = false

  constructor (init: LivenessInit) {
    this.#init = init
    this.#heard = init.clock.monotonic()
    this.#received = init.received()
    this.#lastTick = this.#heard
    this.#tick()
  }

  /** A frame came */
  heard (): void {
    this.#heard = this.#init.clock.monotonic()
    this.#unanswered = undefined
  }

  /** Something was sent that is answered */
  asked (): void {
    if (this.#unanswered == null) {
      this.#unanswered = this.#init.clock.monotonic()
      this.#received = this.#init.received()

      if (this.#check == null) {
        this.#checkIn(this.#init.times.silence * DOUBT)
      }
    }
  }

  pinged (): void {
    this.#pinged = this.#init.clock.monotonic()
    this.asked()
  }

  /** The peer is asked, and has a while to say anything; a short one when it is probably gone */
  probe ({ quick = false }: { quick?: boolean } = {}): void {
    if (this.#probe != null && (this.#quick || !quick)) {
      return
    }

    const { times: { silence }, rtt, ping, knock } = this.#init
    this.#probe?.cancel()
    this.#quick = quick
    ping()
    knock()
    this.#probeFor(quick ? Math.min(silence * QUICK + QUICK_TRIPS * (rtt() ?? silence * UNKNOWN_TRIP), silence * QUICK_LONGEST) : silence * PATIENCE)
  }

  stop (): void {
    this.#timer?.cancel()
    this.#check?.cancel()
    this.#probe?.cancel()
  }

  /** Looks twice within a ping interval: is it time to ping, was the peer silent? */
  #tick (): void {
    const { clock, times: { ping, silence, hello }, greeted, paused } = this.#init
    const interval = Math.min(ping, silence) / 2

    this.#timer = clock.setTimeout(() => {
      const now = clock.monotonic()

      // when this process itself stood still, or holds the stream back, silence says nothing
      if (now - this.#lastTick > 3 * interval || paused()) {
        this.#heard = now
      }

      this.#lastTick = now

      if (now - this.#heard > (greeted() ? silence : hello)) {
        this.#init.onSilent(`nothing heard for ${Math.round((now - this.#heard) / 1_000)} s`)
        return
      }

      if (greeted() && now - this.#pinged >= ping) {
        this.#init.ping()
      }

      this.#tick()
    }, interval)
  }

  #checkIn (ms: number): void {
    const { clock, times: { silence }, paused, received, onDoubt } = this.#init
    const doubt = silence * DOUBT
    const due = clock.monotonic() + ms

    this.#check = clock.setTimeout(() => {
      this.#check = undefined

      if (this.#unanswered == null) {
        return
      }

      const now = clock.monotonic()

      if (received() !== this.#received || paused() || now - due > ms * LATE) {
        // something came on another stream, or nothing could be read
        this.#received = received()
        this.#unanswered = now
      }

      const left = this.#unanswered + doubt - now

      if (left > 0) {
        this.#checkIn(left)
      } else {
        this.probe()
        onDoubt()
      }
    }, ms)
  }

  #probeFor (patience: number): void {
    const { clock, paused, received, ping, onSilent } = this.#init
    const heard = this.#heard
    const bytes = received()
    const due = clock.monotonic() + patience

    this.#probe = clock.setTimeout(() => {
      this.#probe = undefined

      if (this.#heard !== heard || received() !== bytes || paused()) {
        return
      }

      if (clock.monotonic() - due > patience * LATE) {
        ping()
        this.#probeFor(patience)
      } else {
        onSilent('no answer')
      }
    }, patience)
  }
}

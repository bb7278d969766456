import { BeamError } from '../../core/errors.ts'
import { Flow } from './flow.ts'
import type { Share } from './shares.ts'
import type { Clock } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Stream } from '@libp2p/interface'

export interface CircuitInit {
  /** Who asked for it, and whom for */
  from: SiteId
  to: SiteId
  /** Of either end */
  streams: [Stream, Stream]
  share: Share
  /** Bytes both ways together; 0 for no limit */
  maxBytes: number
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>
  onEnd(circuit: Circuit, reason: string): void
}

/** Something that the relay ended, with its reason */
class CircuitEndedError extends BeamError {
  constructor (reason: string) {
    super('CIRCUIT_ENDED', reason)
    this.name = 'CircuitEndedError'
  }
}

/** What the muxer's stream shows beside its interface: how far its receive window may grow */
interface Windowed {
  maxStreamWindowSize?: number
}

/** Two streams joined: half-close is passed on, and when one breaks the other does */
export class Circuit {
  readonly from: SiteId
  readonly to: SiteId
  readonly #init: CircuitInit
  readonly #flows: Flow[]
  #heard: number
  #ended = false

  constructor (init: CircuitInit) {
    const { streams: [one, other], share, clock } = init
    this.#init = init
    this.from = init.from
    this.to = init.to
    this.#heard = clock.monotonic()

    for (const stream of init.streams) {
      (stream as Windowed).maxStreamWindowSize = share.window
    }

    this.#flows = [[one, other], [other, one]].map(([from, to]) => new Flow({
      from,
      to,
      clock,
      onBytes: (bytes) => this.#count(bytes),
      onEnd: () => {
        if (this.#flows.every(({ done }) => done)) {
          this.#finish('both sides closed')
        }
      },
      onCut: (error) => { this.end(error.message) }
    }))
  }

  get bytes (): number {
    return this.#flows.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get held (): number {
    return this.#flows.reduce((sum, { held }) => sum + held, 0)
  }

  /** Since when nothing passed, monotonic ms */
  get heard (): number {
    return this.#heard
  }

  /** This machine stood still: what nobody could send does not count */
  forgive (): void {
    this.#heard = this.#init.clock.monotonic()
  }

  end (reason: string): void {
    if (!this.#ended) {
      const error = new CircuitEndedError(reason)
      this.#finish(reason)
      this.#init.streams.forEach(stream => { stream.abort(error) })
    }
  }

  #count (bytes: number): number {
    const { maxBytes, share, clock } = this.#init
    this.#heard = clock.monotonic()

    if (maxBytes > 0 && this.bytes > maxBytes) {
      // not from within the event that brought them
      queueMicrotask(() => { this.end(`more than ${maxBytes} bytes went through this circuit`) })
    }

    return share.take(bytes)
  }

  #finish (reason: string): void {
    if (!this.#ended) {
      this.#ended = true
      this.#flows.forEach(flow => { flow.stop() })
      this.#init.share.release()
      this.#init.onEnd(this, reason)
    }
  }
}

import { StreamCutError } from '../../protocols/framing/errors.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { Stream, StreamMessageEvent } from '@libp2p/interface'

export interface FlowInit {
  from: Stream
  to: Stream
  clock: Pick<Clock, 'setTimeout'>
  /** Bytes went on; how long to wait before more, ms */
  onBytes(bytes: number): number
  /** All that the sender had to say was written, and that it was all too */
  onEnd(): void
  /** One of the streams broke: so must the other */
  onCut(error: Error): void
}

/**
 * One direction of a circuit. What comes is handed on at once; while the other side does
 * not take it, or the rate is used up, the sender is held back by its window.
 *
 * libp2p's own pipe() keeps every byte that it forwards (measured: 670 MiB and growing),
 * and has no backpressure.
 */
export class Flow {
  readonly #init: FlowInit
  #held = false
  #rest: Timer | undefined
  /** The sender said that nothing more comes */
  #fin = false
  #done = false
  bytes = 0

  constructor (init: FlowInit) {
    const { from, to } = init
    this.#init = init
    this.#fin = from.remoteWriteStatus === 'closed' && from.status === 'open'
    from.addEventListener('remoteCloseWrite', () => { this.#fin = true })
    from.addEventListener('end', () => { this.#end() })
    from.addEventListener('close', ({ error }) => {
      // only what the sender ended itself is whole; what it sent before may still wait here
      if (error != null || !this.#fin) {
        this.#cut(error ?? new StreamCutError())
      }
    })
    // libp2p writes what waits a microtask after this event, and only then it is known whether there is room
    to.addEventListener('drain', () => { queueMicrotask(() => { this.#regulate() }) })
    to.addEventListener('close', ({ error }) => {
      if (!this.#done) {
        this.#cut(error ?? new StreamCutError('the receiver of a circuit went'))
      }
    })
    from.addEventListener('message', this.#take)

    if (from.readableEnded) {
      queueMicrotask(() => { this.#end() })
    } else if (from.status !== 'open') {
      queueMicrotask(() => { this.#cut(new StreamCutError()) })
    }
  }

  get done (): boolean {
    return this.#done
  }

  /** Bytes that are here: read and not taken, or taken and not written */
  get held (): number {
    return this.#init.from.readBufferLength + this.#init.to.writeBufferLength
  }

  stop (): void {
    this.#done = true
    this.#rest?.cancel()
    this.#init.from.removeEventListener('message', this.#take)
  }

  readonly #take = ({ data }: StreamMessageEvent): void => {
    const { to, clock, onBytes } = this.#init
    this.bytes += data.byteLength

    try {
      to.send(data)
    } catch (error) {
      this.#cut(error instanceof Error ? error : new Error(String(error)))
      return
    }

    const pause = onBytes(data.byteLength)

    if (pause > 0) {
      this.#rest?.cancel()
      this.#rest = clock.setTimeout(() => {
        this.#rest = undefined
        this.#regulate()
      }, pause)
    }

    this.#regulate()
  }

  #regulate (): void {
    const held = this.#init.to.writableNeedsDrain || this.#rest != null

    if (held !== this.#held && !this.#done) {
      this.#held = held
      // a pause within a handler that resume() called would be lost: always a moment later
      queueMicrotask(() => { this.#apply() })
    }
  }

  #apply (): void {
    const { from } = this.#init

    if (this.#done || (from.readStatus !== 'readable' && from.readStatus !== 'paused')) {
      return
    }

    try {
      if (this.#held) {
        from.pause()
      } else {
        from.resume()
      }
    } catch (error) {
      // resume() writes to the connection, which may be gone
      this.#cut(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #end (): void {
    if (this.#done) {
      return
    }

    if (!this.#fin) {
      this.#cut(new StreamCutError())
      return
    }

    // waits for what is still to be written; an idle circuit is ended by its owner
    this.#init.to.close()
      .then(() => {
        if (!this.#done) {
          this.stop()
          this.#init.onEnd()
        }
      }, () => { this.#cut(new StreamCutError('the receiver of a circuit went')) })
  }

  #cut (error: Error): void {
    if (!this.#done) {
      this.stop()
      this.#init.onCut(error)
    }
  }
}

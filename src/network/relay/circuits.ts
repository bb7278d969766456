import { Circuit } from './circuit.ts'
import { CIRCUIT_CHECK, CIRCUIT_IDLE } from './limits.ts'
import { Shares } from './shares.ts'
import type { RelayLimits } from './index.ts'
import type { Share } from './shares.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { SiteId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Stream } from '@libp2p/interface'

export interface CircuitsInit {
  limits: RelayLimits
  /** Largest window of a stream, bytes */
  window: number
  clock: Clock
  log: Log
  /** ms. @default 120_000 */
  idle?: number
}

export interface JoinInit {
  from: SiteId
  to: SiteId
  streams: [Stream, Stream]
  share: Share
  /** Bytes both ways together; 0 for no limit */
  maxBytes: number
  onEnd(): void
}

/** All circuits of a relay */
export class Circuits {
  readonly #init: CircuitsInit
  readonly #shares: Shares
  readonly #circuits = new Set<Circuit>()
  #timer: Timer | undefined
  #past = 0

  constructor (init: CircuitsInit) {
    this.#init = init
    this.#shares = new Shares(init.limits, init.window, init.clock)
  }

  get size (): number {
    return this.#shares.circuits
  }

  get memory (): number {
    return this.#shares.memory
  }

  /** Bytes forwarded since the start */
  get bytes (): number {
    return [...this.#circuits].reduce((sum, { bytes }) => sum + bytes, this.#past)
  }

  /** Bytes in memory now */
  get held (): number {
    return [...this.#circuits].reduce((sum, { held }) => sum + held, 0)
  }

  start (): void {
    this.#tick(this.#init.clock.monotonic())
  }

  stop (): void {
    this.#timer?.cancel()

    for (const circuit of [...this.#circuits]) {
      circuit.end('the relay stops')
    }
  }

  /** Room for one more; undefined when there is none */
  share (from: SiteId, to: SiteId): Share | undefined {
    return this.#shares.take(from, to)
  }

  join ({ from, to, streams, share, maxBytes, onEnd }: JoinInit): Circuit {
    const { clock, log } = this.#init

    const circuit = new Circuit({
      from,
      to,
      streams,
      share,
      maxBytes,
      clock,
      onEnd: (ended, reason) => {
        this.#circuits.delete(ended)
        this.#past += ended.bytes
        log.debug({ from, to, bytes: ended.bytes, reason }, 'circuit ended')
        onEnd()
      }
    })
    this.#circuits.add(circuit)
    log.debug({ from, to }, 'circuit joined')

    return circuit
  }

  #tick (last: number): void {
    const { clock, idle = CIRCUIT_IDLE } = this.#init
    const interval = Math.min(CIRCUIT_CHECK, idle / 2)

    this.#timer = clock.setTimeout(() => {
      const now = clock.monotonic()
      const stoodStill = now - last > 3 * interval

      for (const circuit of [...this.#circuits]) {
        if (stoodStill) {
          circuit.forgive()
        } else if (now - circuit.heard > idle) {
          circuit.end(`nothing passed for ${Math.round(idle / 1_000)} s`)
        }
      }

      this.#tick(now)
    }, interval)
  }
}

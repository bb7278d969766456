import { AbstractMultiaddrConnection } from '@libp2p/utils'
import { CLOSE_TIMEOUT, HIGH_WATER } from './constants.ts'
import type { AbortOptions, Logger, MultiaddrConnection } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Duplex } from 'node:stream'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface DuplexConnectionInit {
  duplex: Duplex
  remoteAddr: Multiaddr
  direction: 'inbound' | 'outbound'
  log: Logger
  /** It ended, and not because this side closed it, after nothing had moved for so many ms */
  onCut?(idle: number): void
}

/**
 * A libp2p connection over any stream of Node, a tunnel or a WebSocket. All writes of one
 * tick leave as one chunk, on a WebSocket as one message: Noise and Yamux write lengths,
 * headers, bodies and tags one by one. Backpressure goes both ways.
 */
export class DuplexConnection extends AbstractMultiaddrConnection implements MultiaddrConnection {
  readonly #duplex: Duplex
  #waiting: Uint8Array[] = []
  #bytes = 0
  /** The writer was told to wait */
  #full = false
  #moved = performance.now()
  #closing = false

  constructor ({ duplex, remoteAddr, direction, log, onCut }: DuplexConnectionInit) {
    super({ remoteAddr, direction, log })
    this.#duplex = duplex

    const ended = (error?: Error): void => {
      if (this.status === 'open' && !this.#closing) {
        onCut?.(performance.now() - this.#moved)
      }

      if (error == null) {
        this.onTransportClosed()
      } else {
        this.abort(error)
      }
    }

    duplex.on('data', (data: Buffer) => {
      this.#moved = performance.now()
      this.onData(data)
    })
    duplex.on('drain', () => { this.#drained() })
    duplex.on('error', ended)
    duplex.once('end', () => { ended() })
    duplex.once('close', () => { ended() })
  }

  sendData (data: Uint8ArrayList): SendResult {
    if (this.#waiting.length === 0) {
      // after the promises of this tick: encrypting is asynchronous
      process.nextTick(() => { this.#flush() })
    }

    // the caller may use its buffers again
    this.#waiting.push(data.slice())
    this.#bytes += data.byteLength
    this.#full = this.#bytes + this.#duplex.writableLength >= HIGH_WATER

    return { sentBytes: data.byteLength, canSendMore: !this.#full }
  }

  #flush (): void {
    if (this.#bytes === 0 || this.#duplex.destroyed || this.#duplex.writableEnded) {
      return
    }

    const all = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#bytes = 0
    this.#moved = performance.now()

    if (this.#duplex.write(all)) {
      this.#drained()
    }
  }

  #drained (): void {
    if (this.#full) {
      this.#full = false
      this.safeDispatchEvent('drain')
    }
  }

  async sendClose (options?: AbortOptions): Promise<void> {
    if (this.#duplex.destroyed) {
      return
    }

    this.#closing = true
    this.#flush()

    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        options?.signal?.removeEventListener('abort', end)
        this.#duplex.destroy()
        resolve()
      }
      const timer = setTimeout(end, CLOSE_TIMEOUT)
      options?.signal?.addEventListener('abort', end)
      this.#duplex.once('close', end)
      this.#duplex.end(() => { this.#duplex.destroy() })
    })
  }

  sendReset (): void {
    this.#closing = true
    this.#duplex.destroy()
  }

  sendPause (): void {
    this.#duplex.pause()
  }

  sendResume (): void {
    this.#duplex.resume()
  }
}

import { AbstractMultiaddrConnection } from '@libp2p/utils'
import type { AbortOptions, MultiaddrConnection, Stream } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'

/** One end of a circuit, as the connection that is encrypted and multiplexed again */
export class StreamConnection extends AbstractMultiaddrConnection implements MultiaddrConnection {
  readonly #stream: Stream

  constructor (stream: Stream, remoteAddr: Multiaddr, localAddr?: Multiaddr) {
    super({ remoteAddr, localAddr, direction: stream.direction, log: stream.log.newScope('circuit') })
    this.#stream = stream

    stream.addEventListener('close', ({ error }) => { this.onTransportClosed(error) })
    stream.addEventListener('remoteCloseWrite', () => {
      this.onRemoteCloseWrite()
      this.close().catch((error: Error) => { this.abort(error) })
    })
    stream.addEventListener('message', ({ data }) => { this.onData(data) })
    // every stream of a connection hears of its drain, also those that still wait for their own
    // window; told then, the writer would pile up what cannot leave
    stream.addEventListener('drain', () => {
      queueMicrotask(() => {
        if (!stream.writableNeedsDrain) {
          this.safeDispatchEvent('drain')
        }
      })
    })
  }

  sendData (data: Uint8ArrayList): SendResult {
    return { sentBytes: data.byteLength, canSendMore: this.#stream.send(data) }
  }

  async sendClose (options?: AbortOptions): Promise<void> {
    await this.#stream.close(options)
  }

  sendReset (error: Error): void {
    this.#stream.abort(error)
  }

  sendPause (): void {
    this.#stream.pause()
  }

  sendResume (): void {
    this.#stream.resume()
  }
}

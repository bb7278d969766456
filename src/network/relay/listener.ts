import { TypedEventEmitter } from '@libp2p/interface'
import type { Listener, ListenerEvents } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Tells libp2p the addresses through relays; who reserves them decides what they are */
export class CircuitListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  #addresses: Multiaddr[] = []

  async listen (): Promise<void> {
    // circuits come as streams: nothing to open
  }

  getAddrs (): Multiaddr[] {
    return this.#addresses
  }

  set (addresses: Multiaddr[]): void {
    this.#addresses = addresses
    this.safeDispatchEvent('listening')
  }

  async close (): Promise<void> {
    this.#addresses = []
    queueMicrotask(() => { this.safeDispatchEvent('close') })
  }

  updateAnnounceAddrs (): void {
    // nothing of it changes at run time
  }
}

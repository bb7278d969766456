import { BeamError } from '../core/errors.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ListenersComponents {
  transportManager: { getAddrs(): Multiaddr[] }
  addressManager: { confirmObservedAddr(address: Multiaddr, options: { type: 'transport' }): void }
}

/** An address of the configuration cannot be listened on */
export class ListenError extends BeamError {
  constructor (addresses: string[]) {
    super('LISTEN', `cannot listen on ${addresses.join(' and ')}: is the port in use, perhaps by another daemon, or the address not one of this machine? See network.listen`)
    this.name = 'ListenError'
  }
}

/**
 * libp2p must start without its relays, and then it starts without its listeners too,
 * silently. So what was asked for is compared with what there is.
 */
export class Listeners {
  readonly #transports: ListenersComponents['transportManager']
  readonly #addresses: ListenersComponents['addressManager']

  constructor ({ transportManager, addressManager }: ListenersComponents) {
    this.#transports = transportManager
    this.#addresses = addressManager
  }

  /**
   * A public address of one of this machine's interfaces is told to nobody until a
   * stranger has dialled it, says libp2p. Whoever configured the listener knows better.
   */
  confirm (): void {
    for (const address of this.#transports.getAddrs()) {
      this.#addresses.confirmObservedAddr(address, { type: 'transport' })
    }
  }

  /** Addresses as they are bound, with their ports */
  bound (): string[] {
    return this.#transports.getAddrs().map(String)
  }

  /**
   * @throws {ListenError}
   */
  check (wanted: string[]): void {
    const bound = this.#transports.getAddrs().map(address => endOf(address.toString()))
    const missing = wanted.filter(address => {
      const end = endOf(address)

      return !bound.some(({ port, kind }) => kind === end.kind && (end.port === '0' || end.port === port))
    })

    if (missing.length > 0) {
      throw new ListenError(missing)
    }
  }
}

/** Port and what runs on it: an unspecified IP address is bound as several others */
function endOf (address: string): { port: string, kind: string } {
  const [, port = '', kind = ''] = /\/tcp\/(\d+)(?:\/(wss?|tls\/ws))?/.exec(address) ?? []

  // two ways to write one thing
  return { port, kind: kind === 'wss' ? 'tls/ws' : kind }
}

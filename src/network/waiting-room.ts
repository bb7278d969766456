import { hostOf } from '../protocols/host-of.ts'
import { MAX_PENDING } from './constants.ts'
import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

/**
 * Inbound connections in the middle of their handshake: nobody knows yet who they are.
 * When there are too many, the oldest of the address that has most of them goes, so that
 * a machine that opens thousands and says nothing takes places from itself alone.
 * libp2p would refuse every newcomer instead, members too.
 */
export class WaitingRoom {
  readonly #limit: number
  readonly #waiting = new Map<string, Set<MultiaddrConnection>>()
  #count = 0

  constructor (limit: number = MAX_PENDING) {
    this.#limit = limit
  }

  get size (): number {
    return this.#count
  }

  around (upgrader: Upgrader): Upgrader {
    return {
      upgradeInbound: async (connection, options) => {
        this.#enter(connection)

        try {
          await upgrader.upgradeInbound(connection, options)
        } finally {
          this.#leave(connection)
        }
      },
      upgradeOutbound: async (connection, options) => upgrader.upgradeOutbound(connection, options),
      createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
      getStreamMuxers: () => upgrader.getStreamMuxers(),
      getConnectionEncrypters: () => upgrader.getConnectionEncrypters()
    }
  }

  #enter (connection: MultiaddrConnection): void {
    while (this.#count >= this.#limit) {
      const oldest = this.#oldestOfTheCrowd()
      this.#leave(oldest)
      oldest.abort(new Error('too many connections that have not shown who they are'))
    }

    const host = hostOf(connection.remoteAddr)
    const same = this.#waiting.get(host)

    if (same == null) {
      this.#waiting.set(host, new Set([connection]))
    } else {
      same.add(connection)
    }

    this.#count++
  }

  #leave (connection: MultiaddrConnection): void {
    const host = hostOf(connection.remoteAddr)
    const same = this.#waiting.get(host)

    if (same?.delete(connection) !== true) {
      return
    }

    this.#count--

    if (same.size === 0) {
      this.#waiting.delete(host)
    }
  }

  #oldestOfTheCrowd (): MultiaddrConnection {
    const [crowd] = [...this.#waiting.values()].sort((a, b) => b.size - a.size)
    const [oldest] = crowd

    return oldest
  }
}

/** A transport whose listeners send everybody through the waiting room */
export function throughRoom<Components> (create: (components: Components) => Transport, room: WaitingRoom): (components: Components) => Transport {
  return (components) => {
    const transport = create(components)
    const createListener = transport.createListener.bind(transport)

    transport.createListener = (options) => createListener({ ...options, upgrader: room.around(options.upgrader) })

    return transport
  }
}

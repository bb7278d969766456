import { isPlaceholder, withPeer } from '../addresses.ts'
import { isRelayed } from '../paths/path.ts'
import { dialAddress } from '../websocket/address.ts'
import { hop, status } from './codes.ts'
import { RelayRefusedError } from './errors.ts'
import { HOP_PROTOCOL, MAX_CIRCUIT_STREAMS, MAX_RELAY_ADDRESSES } from './limits.ts'
import { Messages } from './messages.ts'
import { HopMessage } from './pb/circuit.ts'
import { addressOf } from './read.ts'
import type { Connection } from '@libp2p/interface'

export interface Granted {
  /** Own addresses through this relay */
  addresses: string[]
  /** Unix ms by the relay's clock */
  expires: number
}

/**
 * Asks a relay for a reservation, or to renew it: the same.
 *
 * @throws {RelayRefusedError}
 */
export async function reserve (connection: Connection, self: string, signal: AbortSignal): Promise<Granted> {
  const stream = await connection.newStream(HOP_PROTOCOL, { signal, maxOutboundStreams: MAX_CIRCUIT_STREAMS })

  try {
    const messages = new Messages(stream, HopMessage, signal)
    await messages.write({ type: hop.reserve })
    const { status: code, reservation } = await messages.read()

    if (code !== status.ok || reservation == null) {
      throw new RelayRefusedError(code)
    }

    await messages.release().close({ signal })
    const relay = connection.remotePeer.toString()
    // at what was dialled it can be reached for sure, at least from here
    const dialled = connection.direction === 'outbound' ? [connection.remoteAddr.toString()] : []
    const relays = [...reservation.addrs.flatMap(address => addressOf(address) ?? []), ...dialled]
      .filter(address => !isRelayed(address) && !isPlaceholder(address))
      .map(address => withPeer(address, relay))
      .filter(address => address.split('/p2p/').length === 2)
      // the relay wrote them: what cannot be dialled, or not even be read again, is not announced
      .filter(address => dialAddress(address) != null)

    return {
      addresses: [...new Set(relays)].slice(0, MAX_RELAY_ADDRESSES).map(address => `${address}/p2p-circuit/p2p/${self}`),
      expires: reservation.expire * 1_000
    }
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

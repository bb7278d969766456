import { webSockets } from '@libp2p/websockets'
import { dialAddress } from './address.ts'
import { DuplexConnection } from './duplex-connection.ts'
import { upgrade } from './handshake.ts'
import { bounded, through } from './inbound.ts'
import type { CertificateFiles } from './certificate.ts'
import type { LobbyInit } from './lobby.ts'
import type { Outbound } from '../proxy/index.ts'
import type { Connection, DialTransportOptions, Transport } from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'

type Create<Components> = (components: Components) => Transport

/** Dials over the way out and hands the connection to libp2p */
async function dial (address: Multiaddr, options: DialTransportOptions, outbound: Outbound, { logger }: Pick<WebSocketsComponents, 'logger'>): Promise<Connection> {
  const to = dialAddress(address.toString())

  if (to == null) {
    throw new Error(`no transport dials ${address.toString()}`)
  }

  const { signal } = options
  const socket = await (to.kind === 'wss' ? outbound.tls(to, { signal }) : outbound.tcp(to, { signal }))
  const duplex = to.kind === 'tcp' ? socket : await upgrade(socket, to, signal)
  const connection = new DuplexConnection({
    duplex,
    remoteAddr: address,
    direction: 'outbound',
    log: logger.forComponent('beam:outbound'),
    ...(outbound.proxied(to) ? { onCut: (idle) => { outbound.cut(idle) } } : {})
  })

  try {
    return await options.upgrader.upgradeOutbound(connection, options)
  } catch (error) {
    connection.abort(error as Error)
    throw error
  }
}

/**
 * The WebSocket transport, dialling by itself: the installed one cannot use a proxy, a CA
 * of one's own, or backpressure. It listens with the installed one's server, and with
 * limits and connections of ours.
 */
export function outboundWebSockets (outbound: Outbound, { certificate, lookEvery, lobby }: { certificate?: CertificateFiles, lookEvery?: number, lobby?: LobbyInit } = {}): Create<WebSocketsComponents> {
  return (components) => {
    const transport = webSockets(certificate == null ? {} : { https: { ...certificate.read(), minVersion: 'TLSv1.2' } })(components)
    const createListener = transport.createListener.bind(transport)

    transport.dial = async (address, options) => dial(address, options, outbound, components)
    transport.createListener = (options) => {
      const listener = bounded(createListener({ ...options, upgrader: through(options.upgrader) }), lobby)
      // connections that there are stay
      const unwatch = certificate?.watch(renewed => { components.events.safeDispatchEvent('certificate:renew', { detail: renewed }) }, lookEvery)
      listener.addEventListener('close', () => { unwatch?.() })

      return listener
    }

    return transport
  }
}

/** A TCP transport that dials through the proxy what must go there */
export function throughProxy<Components extends Pick<WebSocketsComponents, 'logger'>> (create: Create<Components>, outbound: Outbound): Create<Components> {
  return (components) => {
    const transport = create(components)
    const straight = transport.dial.bind(transport)

    transport.dial = async (address, options) => {
      const to = dialAddress(address.toString())

      // behind a proxy nothing goes around it, whatever it is
      const around = to == null ? outbound.view() == null : !outbound.proxied(to)

      return around ? straight(address, options) : dial(address, options, outbound, components)
    }

    return transport
  }
}

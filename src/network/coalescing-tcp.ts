import { tcp } from '@libp2p/tcp'
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import type { TCPComponents } from '@libp2p/tcp'
import type { Socket } from 'node:net'

type TcpFactory = ReturnType<typeof tcp>
type Transport = ReturnType<TcpFactory>

/** What the installed transport's connection shows beside its interface */
interface SocketConnection {
  socket?: Socket
  sendData?(data: unknown): unknown
}

/**
 * The TCP transport, with all writes of one tick in one system call. Noise and Yamux
 * write lengths, headers, bodies and tags one by one: uncorked, a task of 1 KiB is
 * four writes here and as many wake-ups at the other side.
 */
export function coalescingTcp (): TcpFactory {
  const create = tcp()

  return (components: TCPComponents) => {
    const transport = create(components)
    const dial: Transport['dial'] = transport.dial.bind(transport)
    const createListener: Transport['createListener'] = transport.createListener.bind(transport)

    transport.dial = async (address, options) => dial(address, { ...options, upgrader: coalescing(options.upgrader) })
    transport.createListener = (options) => createListener({ ...options, upgrader: coalescing(options.upgrader) })

    return transport
  }
}

function coalescing (upgrader: Upgrader): Upgrader {
  return {
    upgradeInbound: async (connection, options) => upgrader.upgradeInbound(corked(connection), options),
    upgradeOutbound: async (connection, options) => upgrader.upgradeOutbound(corked(connection), options),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters()
  }
}

/** A connection of another shape than the installed one is left as it is: only slower */
function corked (connection: MultiaddrConnection): MultiaddrConnection {
  const sending = connection as SocketConnection
  const { socket } = sending
  const sendData = sending.sendData?.bind(connection)

  if (socket == null || sendData == null) {
    return connection
  }

  let waiting = false

  sending.sendData = (data) => {
    if (!waiting) {
      waiting = true
      socket.cork()
      // after the promises of this tick: encrypting is asynchronous
      process.nextTick(() => {
        waiting = false
        socket.uncork()
      })
    }

    return sendData(data)
  }

  return connection
}

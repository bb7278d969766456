import { TimeoutError } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { release } from '../store/messages.ts'
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import type { TCPComponents } from '@libp2p/tcp'
import type { Socket } from 'node:net'

type TcpFactory = ReturnType<typeof tcp>
type Transport = ReturnType<TcpFactory>

/**
 * For a connection to be there, before its handshakes, ms: the first SYN and two more were
 * sent by then, and the next would be late. A site that was cut off is tried anew instead.
 */
const CONNECT_TIMEOUT = 4_000

/** Shorter ones are left to the collector, bytes */
const LARGE = 16_384

/** What the installed transport's connection shows beside its interface */
interface SocketConnection {
  socket?: Socket
  sendData?(data: Iterable<Uint8Array>): unknown
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

    transport.dial = async (address, options) => {
      const late = new AbortController()
      const timer = setTimeout(() => { late.abort(new TimeoutError(`no connection to ${address.toString()} within ${CONNECT_TIMEOUT / 1_000} s`)) }, CONNECT_TIMEOUT)
      const upgrader = coalescing(options.upgrader)

      try {
        return await dial(address, {
          ...options,
          signal: AbortSignal.any([options.signal, late.signal]),
          upgrader: {
            ...upgrader,
            upgradeOutbound: async (connection, init) => {
              clearTimeout(timer)

              return upgrader.upgradeOutbound(connection, init)
            }
          }
        })
      } finally {
        clearTimeout(timer)
      }
    }

    transport.createListener = (options) => createListener({ ...options, upgrader: coalescing(options.upgrader) })

    return transport
  }
}

/** What was written is given back at once: it is what Noise made, and nobody else has it */
function write (socket: Socket, data: Iterable<Uint8Array>): { sentBytes: number, canSendMore: boolean } {
  let sentBytes = 0
  let canSendMore = true

  for (const bytes of data) {
    sentBytes += bytes.byteLength
    canSendMore = bytes.byteLength < LARGE
      ? socket.write(bytes)
      : socket.write(bytes, (error) => {
        // after an error the kernel may not have taken it yet
        if (error == null) {
          release(bytes)
        }
      })

    if (!canSendMore) {
      break
    }
  }

  return { sentBytes, canSendMore }
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

  if (socket == null || sending.sendData == null) {
    return connection
  }

  let waiting = false

  sending.sendData = (data: Iterable<Uint8Array>) => {
    if (!waiting) {
      waiting = true
      socket.cork()
      // after the promises of this tick: encrypting is asynchronous
      process.nextTick(() => {
        waiting = false
        socket.uncork()
      })
    }

    return write(socket, data)
  }

  return connection
}

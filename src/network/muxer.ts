import { yamux } from '@libp2p/yamux'
import { MAX_READ_BUFFER, MAX_STREAM_WINDOW, MAX_WRITE_BUFFER } from './constants.ts'
import type { Connection, MessageStream, StreamMuxerFactory } from '@libp2p/interface'

/** What the muxer's class shows beside its interface: every frame goes through it */
interface Sending {
  send(data: unknown): boolean
}

/** Bytes that came over each connection, by its muxer */
const counts = new WeakMap<object, { bytes: number }>()

/** Bytes that came over a connection, on whatever stream: whoever sends any is alive */
export function receivedOn (connection: Connection): number {
  // the installed connection shows its muxer beside its interface
  const { muxer } = connection as { muxer?: object }

  return muxer == null ? 0 : counts.get(muxer)?.bytes ?? 0
}

/**
 * Yamux with our windows, and one repair. The installed muxer writes the first frame
 * of a new stream in a microtask: when the connection ends in between, the write throws
 * where nobody can catch it and the process would die. A frame to a connection that
 * has ended is dropped instead; the connection's 'close' event ends all its streams.
 */
export function muxer (): () => StreamMuxerFactory {
  const create = yamux({
    // its pings notice nothing: a failed one is only logged, and links have pings of their own
    enableKeepAlive: false,
    streamOptions: {
      maxStreamWindowSize: MAX_STREAM_WINDOW,
      maxReadBufferLength: MAX_READ_BUFFER,
      maxWriteBufferLength: MAX_WRITE_BUFFER
    }
  })

  return () => {
    const factory = create()
    const createStreamMuxer = factory.createStreamMuxer.bind(factory)

    factory.createStreamMuxer = (connection: MessageStream & { writeStatus?: string }) => {
      const made = createStreamMuxer(connection)
      const sending = made as unknown as Sending
      const send = sending.send.bind(made)

      sending.send = (data) => connection.status === 'open' && (connection.writeStatus ?? 'writable') === 'writable' && send(data)

      const count = { bytes: 0 }
      counts.set(made, count)
      // after the muxer's own listener, which takes what came before
      connection.addEventListener('message', ({ data }) => { count.bytes += data.byteLength })

      return made
    }

    return factory
  }
}

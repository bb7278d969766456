import { yamux } from '@libp2p/yamux'
import { MAX_READ_BUFFER, MAX_STREAM_WINDOW, MAX_WRITE_BUFFER } from './constants.ts'
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'

/** What the muxer's class shows beside its interface: every frame goes through it */
interface Sending {
  send(data: unknown): boolean
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

      return made
    }

    return factory
  }
}

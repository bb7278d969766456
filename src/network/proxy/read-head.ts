import { MAX_PROXY_HEAD } from './constants.ts'
import { OutboundError } from './errors.ts'
import type { Socket } from 'node:net'

export interface Head {
  status: number
  /** Text beside the number */
  said: string
}

const END = Buffer.from('\r\n\r\n')

/**
 * The header lines of a proxy's answer to CONNECT. What came behind them is the target's
 * and is put back. Bounded in size here, in time by whoever destroys the socket.
 */
export async function readHead (socket: Socket, proxy: string): Promise<Head> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0)

    const done = (act: () => void): void => {
      socket.off('readable', onReadable)
      socket.off('end', onEnd)
      socket.off('error', onError)
      socket.off('close', onEnd)
      act()
    }
    const fail = (error: Error): void => { done(() => { reject(error) }) }

    // not 'data': the socket must be as new for who takes it over, neither flowing nor paused
    const onReadable = (): void => {
      got = Buffer.concat([got, socket.read() as Buffer | null ?? Buffer.alloc(0)])
      const end = got.indexOf(END)
      const status = statusOf(got)

      if (status === 'not HTTP' || (end === -1 ? got.length : end) > MAX_PROXY_HEAD) {
        fail(new OutboundError('not a proxy', `${proxy} is no HTTP proxy: its answer is not HTTP; is the port of network.proxy right?`))
      } else if (end !== -1 && status != null) {
        done(() => {
          if (got.length > end + END.length) {
            socket.unshift(got.subarray(end + END.length))
          }

          resolve(status)
        })
      }
    }
    const onEnd = (): void => {
      fail(new OutboundError('closed', `the proxy ${proxy} closed the connection without an answer; it may not allow CONNECT, or not this machine: ask who runs it`))
    }
    const onError = (error: Error): void => {
      fail(error instanceof OutboundError ? error : new OutboundError('closed', `the connection to the proxy ${proxy} broke: ${error.message}`, { cause: error }))
    }

    socket.on('readable', onReadable)
    socket.once('end', onEnd)
    socket.once('close', onEnd)
    socket.once('error', onError)
  })
}

/** Undefined while the first line is not whole */
function statusOf (got: Buffer): Head | 'not HTTP' | undefined {
  const start = got.subarray(0, 5).toString('latin1')

  if (!'HTTP/'.startsWith(start)) {
    return 'not HTTP'
  }

  const end = got.indexOf('\r\n')

  if (end === -1) {
    return
  }

  const [, status, said] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(got.subarray(0, end).toString('latin1')) ?? []

  return status == null ? 'not HTTP' : { status: Number(status), said: said ?? '' }
}

import { isIP, connect as connectTcp } from 'node:net'
import { OutboundError } from './errors.ts'
import type { Reason, Target } from './index.ts'
import type { Socket } from 'node:net'

const CODES: Record<string, Reason> = {
  ENOTFOUND: 'no name',
  EAI_AGAIN: 'no name',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable'
}

const MENDS: Partial<Record<Reason, string>> = {
  'no name': 'has no address: the name is wrong, or the DNS of this machine does not answer',
  refused: 'takes no connections: nothing listens on that port',
  closed: 'closed the connection at once',
  unreachable: 'cannot be reached: no answer, or no route to it; a firewall may be between'
}

/**
 * A TCP connection to `what`, as people call it.
 *
 * @throws {OutboundError}
 */
export async function connect ({ host, port }: Target, what: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()

  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, autoSelectFamily: isIP(host) === 0 })

    const done = (): void => {
      socket.off('connect', onConnect)
      socket.off('error', onError)
      signal.removeEventListener('abort', onAbort)
    }
    const onConnect = (): void => {
      done()
      resolve(socket)
    }
    const onError = (error: Error): void => {
      done()
      fail(explained(error, what))
    }
    const onAbort = (): void => {
      done()
      socket.on('error', () => {
        // of no interest any more
      })
      fail(signal.reason as Error)
    }
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }

    socket.once('connect', onConnect)
    socket.once('error', onError)
    signal.addEventListener('abort', onAbort)
  })
}

/** Several addresses of a name may have failed, each in its own way */
function explained (error: Error & { code?: string }, what: string): OutboundError {
  const reason = CODES[error.code ?? ''] ?? 'unreachable'

  return new OutboundError(reason, `${what} ${MENDS[reason] ?? 'cannot be reached'} (${error.code ?? error.message})`, { cause: error })
}

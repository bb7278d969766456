import { createWebSocketStream, WebSocket } from 'ws'
import { OutboundError } from '../proxy/errors.ts'
import { targetOf } from '../proxy/tunnel.ts'
import { HIGH_WATER, MAX_MESSAGE, UPGRADE_TIMEOUT } from './constants.ts'
import { answerPings } from './pings.ts'
import type { DialAddress } from './address.ts'
import type { Duplex } from 'node:stream'

/**
 * A WebSocket over a connection that there is, as a stream with backpressure.
 *
 * @throws {OutboundError}
 */
export async function upgrade (socket: Duplex, address: DialAddress, signal: AbortSignal): Promise<Duplex> {
  const where = targetOf(address)
  const websocket = new WebSocket(`${address.kind}://${targetOf({ host: address.servername ?? address.host, port: address.port })}/`, {
    createConnection: () => socket,
    perMessageDeflate: false,
    autoPong: false,
    followRedirects: false,
    handshakeTimeout: UPGRADE_TIMEOUT,
    maxPayload: MAX_MESSAGE
  })

  answerPings(websocket)

  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      websocket.on('error', () => {
        // said already
      })
      websocket.terminate()
      socket.destroy()
      reject(error)
    }
    const onAbort = (): void => { fail(signal.reason as Error) }

    signal.addEventListener('abort', onAbort)
    websocket.once('open', () => {
      signal.removeEventListener('abort', onAbort)
      websocket.removeAllListeners('error')
      websocket.removeAllListeners('unexpected-response')
      resolve(createWebSocketStream(websocket, { highWaterMark: HIGH_WATER }))
    })
    websocket.once('unexpected-response', (_request, response) => {
      fail(new OutboundError('no websocket', `${where} answered with HTTP ${response.statusCode} instead of a WebSocket: its reverse proxy may not pass upgrades on, or a proxy between breaks TLS open and lets no WebSocket through`))
    })
    websocket.once('error', (error) => {
      fail(new OutboundError('no websocket', `${where} does not speak WebSocket: ${error.message}`, { cause: error }))
    })
  })
}

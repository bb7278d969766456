import { isIP } from 'node:net'
import { connect } from './connect.ts'
import { PROXY_TIMEOUT } from './constants.ts'
import { OutboundError } from './errors.ts'
import { judge } from './judge.ts'
import { readHead } from './read-head.ts'
import { secured } from './secured.ts'
import type { Target } from './index.ts'
import type { ProxySettings } from './settings.ts'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'

export interface TunnelInit {
  proxy: ProxySettings
  /** Asked only for an https proxy */
  trust(): SecureContext
  signal: AbortSignal
  /** @default PROXY_TIMEOUT */
  timeout?: number
}

export const targetOf = ({ host, port }: Target): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

/**
 * A connection through the proxy.
 *
 * @throws {OutboundError}
 */
export async function openTunnel (target: Target, { proxy, trust, signal, timeout = PROXY_TIMEOUT }: TunnelInit): Promise<Socket> {
  const limit = AbortSignal.timeout(timeout)
  const ended = AbortSignal.any([signal, limit])
  let socket: Socket | undefined

  try {
    const plain = await connect(proxy, `the proxy ${proxy.address}`, ended)
    socket = plain
    const connected = proxy.secure ? await secured(plain, { ...proxy, trust: trust(), what: `the proxy ${proxy.address}`, signal: ended }) : plain
    socket = connected
    await ask(connected, target, proxy, ended)

    return connected
  } catch (error) {
    socket?.destroy()

    if (limit.aborted && !signal.aborted && !(error instanceof OutboundError)) {
      throw socket == null
        ? new OutboundError('unreachable', `the proxy ${proxy.address} cannot be reached: no answer within ${timeout / 1_000} s; a firewall may be between, or the address wrong`)
        : new OutboundError('slow', `the proxy ${proxy.address} did not answer CONNECT to ${targetOf(target)} within ${timeout / 1_000} s: it is overloaded, or waits for a site that is down`)
    }

    throw error
  }
}

async function ask (socket: Socket, target: Target, proxy: ProxySettings, signal: AbortSignal): Promise<void> {
  const where = targetOf(target)
  const onAbort = (): void => { socket.destroy(signal.reason as Error) }
  signal.addEventListener('abort', onAbort)

  try {
    const answer = readHead(socket, proxy.address)
    socket.write([
      `CONNECT ${where} HTTP/1.1`,
      `Host: ${where}`,
      'User-Agent: beam-node',
      ...proxy.authorization == null ? [] : [`Proxy-Authorization: ${proxy.authorization}`],
      '\r\n'
    ].join('\r\n'))
    const error = judge(await answer, proxy, where)

    if (error != null) {
      throw error
    }
  } catch (error) {
    // what the end of the socket looks like then says nothing
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
